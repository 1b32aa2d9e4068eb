export const missing = '–';

const grouped = new Intl.NumberFormat('en');
const fixed = (value, digits) => value.toFixed(digits);

/** Milliseconds: `9.4 ms`, `268 ms`, `3.12 s`. */
export const formatLatency = (ms) => {
  if (ms == null) return missing;
  if (ms < 9.95) return `${fixed(ms, 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return `${fixed(ms / 1000, 2)} s`;
};

/** Milliseconds as short as can be, for axes: `25 ms`, `0.5 ms`, `2.5 s`. */
export const formatTick = (ms) => (ms < 1000 ? `${Number(ms.toPrecision(2))} ms` : `${Number((ms / 1000).toPrecision(2))} s`);

/** Self time of a step, in milliseconds with two digits: `0.41 ms`, `< 0.01 ms`. */
export const formatSelfTime = (ms) => {
  if (ms == null) return missing;
  if (ms > 0 && ms < 0.005) return '< 0.01 ms';
  return ms < 9.995 ? `${fixed(ms, 2)} ms` : formatLatency(ms);
};

/** Uptime in percent, floored to two digits: `100 %` only when it is exact. */
export const formatUptime = (pct) => {
  if (pct == null) return missing;
  return pct >= 100 ? '100 %' : `${fixed(Math.floor(pct * 100 + 1e-7) / 100, 2)} %`;
};

/** A share in percent, whole, with two digits under 1: `63 %`, `0.31 %`. */
export const formatShare = (pct) => {
  if (pct == null) return missing;
  return pct > 0 && pct < 1 ? `${fixed(pct, 2)} %` : `${Math.round(pct)} %`;
};

/** A share of errors in percent, with two digits under 1 and one under 10: `0.31 %`, `6.2 %`, `63 %`. */
export const formatErrors = (pct) => (pct >= 1 && pct < 9.95 ? `${fixed(pct, 1)} %` : formatShare(pct));

/** How often in a second: `1,204/s`, `3.4/s`, `0.02/s`. */
export const formatRate = (rate) => {
  if (rate == null) return missing;
  if (rate === 0 || rate >= 9.95) return `${grouped.format(Math.round(rate))}/s`;
  return `${fixed(rate, rate < 0.995 ? 2 : 1)}/s`;
};

export const formatCount = (count) => (count == null ? missing : grouped.format(count));

/** As short as can be, for axes: `0.5`, `500`, `1 k`, `2.5 M`. */
export const formatAxisCount = (count) => {
  const [unit, size] = [[' M', 1e6], [' k', 1e3]].find(([, from]) => count >= from) ?? ['', 1];
  return `${Number((count / size).toPrecision(2))}${unit}`;
};

const units = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['KB', 1e3],
];

/** Bytes: `312 B`, `3.1 KB`, `312 KB`, `4.2 MB`. */
export const formatBytes = (bytes) => {
  if (bytes == null) return missing;
  const [unit, size] = units.find(([, from]) => bytes >= from) ?? ['B', 1];
  const value = bytes / size;
  return `${unit === 'B' || value >= 100 ? Math.round(value) : fixed(value, 1)} ${unit}`;
};

/** `1 cause`, `2 causes`. */
export const plural = (count, one, many = `${one}s`) => `${formatCount(count)} ${count === 1 ? one : many}`;
