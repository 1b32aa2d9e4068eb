import { formatLatency } from './formatNumber.js';
import { logDomain, logScale, logTicks } from './scales.js';

export const trendKeys = ['p99', 'p95', 'p50'];

const valuesOf = ({ points, compared }) => [...points.flatMap((point) => trendKeys.map((key) => point[key])), ...(compared ?? []).map(({ p99 }) => p99)].filter((value) => value > 0);

/** Where the parts of a trend stand in a plot `{top, bottom, left, right}` in pixels: `x(index)`, `y(ms)`, `at(px)` the
    point there, `ticks` of y in ms. Null when no point has a quantile. */
export const trendScales = (trend, { top, bottom, left, right }) => {
  const values = valuesOf(trend);
  if (!values.length) return null;
  const domain = logDomain(values);
  const last = Math.max(1, trend.points.length - 1);
  const x = (at) => left + (at / last) * (right - left);
  const at = (px) => Math.min(Math.max(Math.round(((px - left) / (right - left)) * last), 0), trend.points.length - 1);
  return { x, y: logScale(domain, [bottom, top]), at, ticks: logTicks(domain, 5) };
};

/** A line through the points that have a value; the others leave a gap. A value alone between gaps is a dot. */
export const linePath = (points, key, { x, y }) =>
  points
    .map((point, at) => {
      if (!(point[key] > 0)) return '';
      const place = `${x(at).toFixed(1)} ${y(point[key]).toFixed(1)}`;
      return at && points[at - 1][key] > 0 ? `L${place}` : `M${place}h0`;
    })
    .join('');

const labelHeight = 13;

/** Labels at the ends of the lines, far enough from each other to be read: `{key, x, y, labelY}`, from above. */
export const endLabels = (points, { x, y }) => {
  const ends = trendKeys.flatMap((key) => {
    const at = points.findLastIndex((point) => point[key] > 0);
    return at < 0 ? [] : [{ key, x: x(at), y: y(points[at][key]) }];
  });
  const sorted = ends.toSorted((a, b) => a.y - b.y);
  return sorted.reduce((placed, end) => [...placed, { ...end, labelY: Math.max(end.y, (placed.at(-1)?.labelY ?? -Infinity) + labelHeight) }], []);
};

/** Indexes of the points that get a label under the axis: at most one for so many pixels, counted from the last. */
export const timeTicks = (count, width, pxPerTick = 74) => {
  const every = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / pxPerTick))));
  return Array.from({ length: count }, (_, at) => at).filter((at) => at % every === Math.floor(every / 2));
};

/** Where moments (`at`: ISO) stand between the points, as a fraction of an index; those outside are left out. */
export const momentsBetween = (points, moments) => {
  const first = Date.parse(points[0].at);
  const step = (Date.parse(points.at(-1).at) - first) / Math.max(1, points.length - 1) || 1;
  return moments.map((moment) => ({ ...moment, index: (Date.parse(moment.at) - first) / step - 0.5 })).filter(({ index }) => index >= 0 && index <= points.length);
};

/** Where a stretch of time `[from, to]` (ms) lies among the points, as fractions of an index, or null outside of them. */
export const spanBetween = ({ points, step_seconds: step }, [from, to]) => {
  const at = (moment) => (moment - Date.parse(points[0].at)) / (step * 1000) - 0.5;
  const [first, end] = [Math.max(at(from), 0), Math.min(at(to), points.length - 1)];
  return first < end ? [first, end] : null;
};

export const trendSentence = ({ points }) => {
  const values = points.map(({ p99 }) => p99).filter((value) => value > 0);
  if (!values.length) return `Trend of ${points.length} points, none with enough requests`;
  return `Trend of ${points.length} points. P99 from ${formatLatency(Math.min(...values))} to ${formatLatency(Math.max(...values))}, last ${formatLatency(values.at(-1))}`;
};
