import { formatCount, formatErrors, formatLatency, formatTick, plural } from './formatNumber.js';
import { band } from './latencyBands.js';
import { logScale, logTicks } from './scales.js';

const gap = 1;
const pxPerTick = 70;

/** A bucket from zero on has no place on a log scale: it is drawn as wide as one doubling. */
const lowerOf = ({ lower_ms: lower, upper_ms: upper }) => (lower > 0 ? lower : upper / 2);

/** The band of most of a bucket. */
export const bucketBand = (bucket, thresholds) => band(Math.sqrt(lowerOf(bucket) * bucket.upper_ms), thresholds);

/** Where the parts of a histogram stand in a plot `{top, bottom, left, right}` in pixels: `x(ms)`, `bar(at)`, `y(count)`,
    `edges` of the buckets, `at(px)` the bucket there, `peak` the fullest one, `ticks` in ms. */
export const histogramScales = ({ buckets, compared }, { top, bottom, left, right }) => {
  const domain = [lowerOf(buckets[0]), buckets.at(-1).upper_ms];
  const x = logScale(domain, [left, right]);
  const counts = buckets.map(({ count }) => count);
  const most = Math.max(1, ...counts, ...(compared ?? []));
  const y = (count) => bottom - (count / most) * (bottom - top);
  const edges = [...buckets.map((bucket) => x(lowerOf(bucket))), x(domain[1])];
  const bar = (at) => ({ x: edges[at], width: Math.max(1, edges[at + 1] - edges[at] - gap), y: counts[at] ? Math.min(y(counts[at]), bottom - 1) : bottom });
  const at = (px) => Math.min(Math.max(edges.findLastIndex((edge) => edge <= px), 0), buckets.length - 1);
  const ticks = logTicks(domain, Math.max(2, Math.floor((right - left) / pxPerTick)));
  return { x, y, bar, edges, at, peak: counts.indexOf(Math.max(...counts)), ticks };
};

/** The outline of other counts in the same buckets. */
export const stepPath = (counts, { edges, y }) =>
  counts.map((count, at) => `${at ? 'L' : 'M'}${edges[at].toFixed(1)} ${y(count).toFixed(1)}H${edges[at + 1].toFixed(1)}`).join('');

/** `412 requests, 3.3 %, 500 ms to 1 s`: those of the picked buckets `[from, to]`; without, what picking does. */
export const rangeWords = (buckets, picked, total) => {
  if (!buckets.length) return plural(total, 'request');
  if (!picked) return `${plural(total, 'request')}. Drag over bars to count a part of them.`;
  const [from, to] = picked.map((at) => Math.min(at, buckets.length - 1)).toSorted((a, b) => a - b); // there may be fewer by now
  const count = buckets.slice(from, to + 1).reduce((sum, bucket) => sum + bucket.count, 0);
  return `${plural(count, 'request')}, ${formatErrors(total ? (count / total) * 100 : 0)}, ${formatTick(buckets[from].lower_ms)} to ${formatTick(buckets[to].upper_ms)}`;
};

export const histogramSentence = ({ latency, compared }) => {
  const marks = ['p50', 'p95', 'p99'].filter((key) => latency[key] != null).map((key) => `${key.toUpperCase()} ${formatLatency(latency[key])}`);
  return `Histogram of ${formatCount(latency.count)} requests${marks.length ? `, ${marks.join(', ')}` : ''}${compared ? ', with the compared window as an outline' : ''}`;
};
