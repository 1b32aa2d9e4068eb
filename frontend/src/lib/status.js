/** The order in which an operator wants to see services: worst first. */
export const statusOrder = ['down', 'degraded', 'unknown', 'maintenance', 'healthy'];

export const statusWords = {
  healthy: 'Healthy',
  degraded: 'Degraded',
  down: 'Down',
  unknown: 'Unknown',
  maintenance: 'Maintenance',
  risk: 'At risk',
  flapping: 'Flapping',
  stale: 'Stale',
  paused: 'Paused',
};

/** The status a service is drawn with: maintenance covers what its checks say. */
export const shownStatus = ({ effective, overlays = [] }) => (overlays.includes('maintenance') ? 'maintenance' : effective);

/** Belfry's own processes and servers stand in a group of their own. */
export const isBelfry = ({ group }) => group === 'Belfry';

/** How many services are drawn with each status, and how many are at risk. */
export const tally = (services) => {
  const counts = Object.fromEntries([...statusOrder, 'risk'].map((status) => [status, 0]));
  for (const service of services) {
    counts[shownStatus(service)] += 1;
    if (service.at_risk) counts.risk += 1;
  }
  return counts;
};

const rank = (service) => statusOrder.indexOf(shownStatus(service)) * 2 + (service.at_risk ? 0 : 1);

/** Failing first, at risk before plain healthy, then by name: a stable order. */
export const failingFirst = (services) => services.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
