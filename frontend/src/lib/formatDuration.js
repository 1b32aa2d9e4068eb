import { missing } from './formatNumber.js';

const steps = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** Seconds, in two units at most: `8 s`, `6 min 12 s`, `2 h 14 min`, `3 d 4 h`. */
export const formatDuration = (seconds) => {
  if (seconds == null || Number.isNaN(seconds)) return missing;
  const whole = Math.max(0, Math.floor(seconds));
  const first = Math.max(0, steps.findIndex(([, size]) => whole >= size));
  if (whole < 60) return `${whole} s`;
  const [[unit, size], [lower, lowerSize]] = [steps[first], steps[first + 1]];
  const rest = Math.floor((whole % size) / lowerSize);
  return rest ? `${Math.floor(whole / size)} ${unit} ${rest} ${lower}` : `${Math.floor(whole / size)} ${unit}`;
};

/** Seconds, in one unit, for narrow places: `8 s`, `6 min`, `2 h`, `3 d`. */
export const formatShortDuration = (seconds) => formatDuration(seconds).split(' ').slice(0, 2).join(' ');
