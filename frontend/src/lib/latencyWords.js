import { formatCount, formatErrors, formatLatency, missing, plural } from './formatNumber.js';

const unmatched = '__unmatched__';
const overflow = '__overflow__';
const endpointLimit = 2000;

/** The route of an endpoint for people: what no route matched, and what is over the limit, have words of their own. */
export const routeWords = (path) => {
  if (path === unmatched) return 'Unmatched routes';
  if (path === overflow) return `Other routes, over the limit of ${formatCount(endpointLimit)}`;
  return path;
};
/** The services beyond the limit count as one. */
export const serviceWords = (service) => (service === overflow ? 'Other services, over the limit' : service);
export const isPlainRoute = (path) => path !== unmatched && path !== overflow;

/** `POST /api/payments` */
export const endpointName = ({ method, path }) => (isPlainRoute(path) ? `${method} ${path}` : routeWords(path));

const enoughRequests = 100;
export const isEnough = ({ state }) => state === 'ok';
export const enoughInHour = (count) => count >= enoughRequests;

/** `Insufficient data, 41 of 100 requests` */
export const insufficientWords = (count) => (count ? `Insufficient data, ${formatCount(count)} of ${enoughRequests} requests` : 'Insufficient data, no requests');

/** How far a quantile may be from the exact value: `±0.55 %`. */
export const boundWords = (pct) => `±${pct.toFixed(2)} %`;

/** `+286 %`, `−12 %` */
export const changeWords = (pct) => {
  if (pct == null) return missing;
  const whole = Math.round(pct);
  return `${whole > 0 ? '+' : whole < 0 ? '−' : ''}${formatCount(Math.abs(whole))} %`;
};

export const compareWords = { none: 'No comparison', yesterday: 'vs yesterday', last_week: 'vs last week' };
export const comparedWords = { yesterday: 'yesterday', last_week: 'a week ago' };
export const sortWords = { p99: 'P99', p95: 'P95', p50: 'P50', count: 'Requests', change: 'Change' };

const quantiles = (point) => ['p50', 'p95', 'p99'].map((key) => `${sortWords[key]} ${formatLatency(point[key])}`).join(', ');

/** One endpoint in a sentence, for the readout. */
export const endpointWords = (latency) => {
  if (!isEnough(latency)) return insufficientWords(latency.count);
  return `${quantiles(latency)}, ${plural(latency.count, 'request')}, ${formatErrors(latency.error_rate_pct)} errors, max ${formatLatency(latency.max_ms)}, ${boundWords(latency.error_bound_pct)}`;
};

/** One hour of an endpoint (`point`) in a sentence. `quantile`: the one whose earlier value is `compared` (ms or null). */
export const hourWords = ({ point, bound, quantile = 'p99', compared = null, compare = 'none' }) => {
  if (!enoughInHour(point.count)) return insufficientWords(point.count);
  const words = `${quantiles(point)}, ${plural(point.count, 'request')}, ${boundWords(bound)}`;
  if (compared === null || !(compare in comparedWords)) return words;
  return `${words}; ${sortWords[quantile]} ${comparedWords[compare]} ${formatLatency(compared)}, ${changeWords(100 * (point[quantile] / compared - 1))}`;
};

/** One step of the trend in a sentence. */
export const pointWords = (point) => {
  if (!point.count) return 'no requests';
  return `${quantiles(point)}, ${plural(point.count, 'request')}, ${formatErrors(point.error_rate_pct)} errors`;
};
