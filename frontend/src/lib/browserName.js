const browsers = [['Firefox', 'Firefox/'], ['Edge', 'Edg/'], ['Opera', 'OPR/'], ['Chrome', 'Chrome/'], ['Safari', 'Safari/'], ['curl', 'curl/']];
const systems = [['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Android', 'Android'], ['Windows', 'Windows'], ['macOS', 'Mac OS X'], ['Linux', 'Linux']];
const named = (list, agent) => list.find(([, mark]) => agent.includes(mark))?.[0];

/** `Firefox on Linux`, from a User-Agent; the agent itself when nothing in it is known. */
export const browserName = (agent) => {
  const [browser, system] = [named(browsers, agent), named(systems, agent)];
  if (!browser) return agent || 'Unknown browser';
  return system ? `${browser} on ${system}` : browser;
};
