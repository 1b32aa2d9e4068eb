// Runs before the first paint, so that theme and density never flash. A file of its own: the page allows no inline script.
(() => {
  const root = document.documentElement;
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is blocked: the defaults apply
    }
  };
  const theme = stored('belfry.theme') ?? 'auto';
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.mantineColorScheme = dark ? 'dark' : 'light';
  root.dataset.density = stored('belfry.density') ?? 'compact';
})();
