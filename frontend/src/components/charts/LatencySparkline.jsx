import { memo } from 'react';
import { formatLatency } from '../../lib/formatNumber.js';
import { logScale } from '../../lib/scales.js';

const width = 92;
const height = 22;
const edge = 3;
/** A line that hardly moves stays flat: the scale spans at least this factor. */
const leastSpan = 4;

const domainOf = (values) => {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const widen = Math.max(1, Math.sqrt(leastSpan / (high / low)));
  return [low / widen, high * widen];
};

/** Pieces of line between the gaps. */
const pathOf = (points) => points.map((point, at) => (point ? `${at && points[at - 1] ? 'L' : 'M'}${point}` : '')).join('');

const sentence = (name, values) => {
  const last = values.at(-1);
  return `P99 of ${name} over 24 hours, ${formatLatency(Math.min(...values))} to ${formatLatency(Math.max(...values))}, last ${formatLatency(last)}`;
};

/** P99 of the last 24 hours as a small line on a log scale; a gap where too few requests came. */
export const LatencySparkline = memo(({ name, hours }) => {
  const values = hours.filter((value) => value > 0);
  if (values.length < 2) return null;
  const y = logScale(domainOf(values), [height - edge, edge]);
  const x = (at) => edge + (at / (hours.length - 1)) * (width - 2 * edge);
  const points = hours.map((value, at) => (value > 0 ? `${x(at).toFixed(1)} ${y(value).toFixed(1)}` : null));
  const last = hours.at(-1);
  return (
    <svg role="img" aria-label={sentence(name, values)} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <path d={pathOf(points)} fill="none" stroke="var(--bf-text-3)" strokeWidth="1.25" strokeLinejoin="round" strokeLinecap="round" />
      {last > 0 && <circle cx={x(hours.length - 1)} cy={y(last)} r="2.2" fill="var(--bf-text)" />}
    </svg>
  );
});
