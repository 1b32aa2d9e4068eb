const shownSteps = 5;

/** Where the time of requests goes, the most first: `[{name, ms, pct, mono}]`; small steps are one line. `ms` is the average
    of a request that gets there. */
export const timeShares = ({ handler, steps }) => {
  const timed = steps
    .filter(({ stats }) => stats?.calls)
    .map(({ id, stats }) => ({ name: id, ms: stats.avg_ms, pct: stats.share_pct, mono: true }))
    .toSorted((a, b) => b.ms - a.ms);
  const [shown, rest] = [timed.slice(0, shownSteps), timed.slice(shownSteps)];
  const sum = (member) => rest.reduce((all, one) => all + one[member], 0);
  return [
    ...(handler?.calls ? [{ name: 'Handler', ms: handler.avg_ms, pct: handler.share_pct, mono: false }] : []),
    ...shown,
    ...(rest.length ? [{ name: rest.length === 1 ? rest[0].name : `${rest.length} other steps`, ms: sum('ms'), pct: sum('pct'), mono: rest.length === 1 }] : []),
  ];
};
