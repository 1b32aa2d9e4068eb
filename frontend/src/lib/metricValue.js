import { formatDuration } from './formatDuration.js';
import { formatBytes, formatLatency, missing } from './formatNumber.js';

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = (value) => (Math.abs(value) >= 0.1 || value === 0 ? String(Number(value.toFixed(2))) : String(Number(value.toPrecision(3))));
const number = (value) => (Math.abs(value) >= 1000 ? grouped.format(value) : short(value));

const byUnit = {
  ms: (value) => formatLatency(value).replace('.0 ms', ' ms'),
  s: (value) => (value >= 60 ? holdWords(value) : `${short(value)} s`),
  bytes: formatBytes,
};

/** A stretch of time that a rule waits: `90 s`, `5 min`, `26 h`. */
export const holdWords = (seconds) => {
  if (seconds < 120 && (seconds % 60 || !seconds)) return `${Number(seconds.toFixed(1))} s`;
  return seconds % 3600 === 0 && seconds < 172_800 ? `${seconds / 3600} h` : formatDuration(seconds);
};

/** A value of a metric in its unit: `268 ms`, `6.31 %`, `1,204/s`; `down` where values have words (`levels`). */
export const formatMetric = (value, unit = '', levels = {}) => {
  if (value == null) return missing;
  const word = Object.keys(levels).find((one) => levels[one] === value);
  if (word) return word;
  if (byUnit[unit]) return byUnit[unit](value);
  return unit.startsWith('/') ? `${number(value)}${unit}` : `${number(value)} ${unit}`.trimEnd();
};

