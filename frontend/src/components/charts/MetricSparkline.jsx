import { memo } from 'react';

const [width, height, edge] = [64, 16, 2];

/** The last hour of a series as a small line; decorative, its value stands beside it. */
export const MetricSparkline = memo(({ values }) => {
  const known = values.filter((value) => value != null);
  if (known.length < 2) return <svg width={width} height={height} aria-hidden="true" />;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (at) => edge + (at / (values.length - 1)) * (width - 2 * edge);
  const y = (value) => (high === low ? height / 2 : height - edge - ((value - low) / (high - low)) * (height - 2 * edge));
  const path = values.map((value, at) => (value == null ? '' : `${at && values[at - 1] != null ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)).join('');
  return <svg width={width} height={height} aria-hidden="true"><path d={path} fill="none" stroke="var(--bf-text-3)" strokeWidth="1.25" strokeLinejoin="round" strokeLinecap="round" /></svg>;
});
