import { shownStatus } from './status.js';

const isCalm = (service) => shownStatus(service) === 'healthy' && !service.at_risk;

/** Sorted services as groups, in the order of each group's first, worst service: `[{name, ids, calm}]`.
    `calm`: every member is plainly healthy, so the group may fold to one line. */
export const groupServices = (sorted) =>
  [...Map.groupBy(sorted, (service) => service.group)].map(([name, members]) => ({
    name,
    ids: members.map((service) => service.id),
    calm: members.every(isCalm),
  }));

const sameIds = (a, b) => a.length === b.length && a.every((id, at) => id === b[at]);
const sameGroup = (a, b) => a.name === b.name && a.calm === b.calm && sameIds(a.ids, b.ids);

/** Do two lists of groups draw the same? */
export const sameGroups = (a, b) => a === b || (a.length === b.length && a.every((group, at) => sameGroup(group, b[at])));

const mergeIds = (kept, wanted) => {
  const left = new Set(wanted);
  const placed = kept.filter((id) => left.delete(id));
  return [...placed, ...left];
};

/** The groups of `kept` in its order, without what is gone; what is new stands last. */
export const keepPlaces = (kept, wanted) => {
  const left = new Map(wanted.map((group) => [group.name, group]));
  const placed = kept.flatMap((group) => {
    const now = left.get(group.name);
    left.delete(group.name);
    return now ? [{ ...group, ids: mergeIds(group.ids, now.ids) }] : [];
  });
  return [...placed, ...left.values()];
};

/** "1 down, 2 degraded", worst first, from a tally; empty when nothing is wrong. */
export const troubleWords = (counts) =>
  [
    ...['down', 'degraded', 'unknown'].filter((status) => counts[status]).map((status) => `${counts[status]} ${status}`),
    counts.maintenance ? `${counts.maintenance} in maintenance` : '',
    counts.risk ? `${counts.risk} at risk` : '',
  ]
    .filter(Boolean)
    .join(', ');
