/** Which quantile the strip of hours shows for a sort order: the sorted one, else P99. */
export const stripQuantile = (sort) => (sort === 'p50' || sort === 'p95' ? sort : 'p99');

/** One of an endpoint's 24 hours, oldest first: quantiles in ms, and how many requests. */
export const hourPoint = (latency, at) => ({ p50: latency.p50_by_hour[at], p95: latency.p95_by_hour[at], p99: latency.p99_by_hour[at], count: latency.count_by_hour[at] });

/** A quantile (ms) of the same hour earlier; null when there is none, or nothing to compare with. */
export const comparedPoint = (latency, quantile, at) => latency[`compared_${quantile}_by_hour`]?.[at] ?? null;
