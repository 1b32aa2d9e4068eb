import { isEnough } from './latencyWords.js';

const valueOf = {
  p99: ({ p99 }) => p99,
  p95: ({ p95 }) => p95,
  p50: ({ p50 }) => p50,
  count: ({ count }) => count,
  change: ({ change_pct: change }) => change,
};

/** Slowest, busiest or most worsened first; what has too few requests for a quantile comes last, the busiest of it first. */
export const sortEndpoints = (endpoints, sort) => {
  const value = valueOf[sort];
  const rank = (latency) => (sort === 'count' || isEnough(latency) ? (value(latency) ?? -Infinity) : -Infinity);
  const difference = (a, b) => (rank(a) === rank(b) ? b.count - a.count : rank(b) - rank(a));
  return endpoints.toSorted(difference);
};

/** Words that path, method or service must all hold. */
export const filterEndpoints = (endpoints, text) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return endpoints.filter(({ method, path, service }) => words.every((word) => `${method} ${path} ${service}`.toLowerCase().includes(word)));
};
