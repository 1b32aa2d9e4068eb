/** The pages of this version. `key`: the second key after `g`; `badge`: which count stands beside the name.
    On a phone only those of the first section are tabs. */
export const navigation = [
  {
    section: 'Monitor',
    pages: [
      { label: 'Dashboard', path: '/admin', end: true, icon: 'dashboard', key: 'd' },
      { label: 'Health', path: '/admin/health', icon: 'health', key: 'h', badge: 'down' },
      { label: 'Latency', path: '/admin/latency', icon: 'latency', key: 'l' },
      { label: 'Incidents', path: '/admin/incidents', icon: 'incident', key: 'i', badge: 'incidents' },
    ],
  },
  {
    section: 'Configure',
    pages: [
      { label: 'Middleware', path: '/admin/middleware', icon: 'middleware', key: 'm', badge: 'restart' },
      { label: 'Alert rules', path: '/admin/alerts-config', icon: 'alert', key: 'a' },
      { label: 'Settings', path: '/admin/settings', icon: 'settings', key: 's' },
    ],
  },
  { section: 'Public', pages: [{ label: 'Status page', path: '/status', icon: 'globe', outside: true }] },
];

const pagesOf = (sections) => sections.flatMap(({ pages }) => pages);
export const pages = pagesOf(navigation);
export const tabs = pagesOf(navigation.slice(0, 1));
export const morePages = pagesOf(navigation.slice(1));
