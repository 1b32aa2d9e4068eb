const firstHour = ({ count_by_hour: counts }) => counts.findIndex(Boolean);
const lastHour = ({ count_by_hour: counts }) => counts.findLastIndex(Boolean);
const isNow = (latency) => lastHour(latency) >= latency.count_by_hour.length - 2;

/** The same endpoint of another service, that began when this one ended: it was renamed, it seems. `known`: endpoints of the
    last 24 hours; null without a sign of it. */
const successor = (latency, known) =>
  known.find(
    (other) =>
      other.method === latency.method && other.path === latency.path && other.service !== latency.service &&
      isNow(other) && firstHour(other) > 0 && Math.abs(firstHour(other) - lastHour(latency)) <= 1,
  ) ?? null;

/** The endpoint that took the place of a quiet one, or null. */
export const endpointAfter = (endpoint, known = []) => {
  const before = known.find(({ method, path, service }) => method === endpoint.method && path === endpoint.path && service === endpoint.service);
  return before && !isNow(before) ? successor(before, known) : null;
};

/** The service under whose name most endpoints of a quiet one go on, or null. */
export const serviceAfter = (service, known = []) => {
  const before = known.filter((latency) => latency.service === service);
  if (!before.length || before.some(isNow)) return null;
  const names = before.flatMap((latency) => successor(latency, known)?.service ?? []);
  const most = names.toSorted((a, b) => names.filter((name) => name === b).length - names.filter((name) => name === a).length)[0];
  return names.filter((name) => name === most).length * 2 > before.length ? most : null;
};
