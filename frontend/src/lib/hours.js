import { formatClock } from './formatTime.js';

const hourMs = 3_600_000;
export const hoursShown = 24;

/** When each of the last 24 hours began, in ms, oldest first; the last one holds `toAt`. */
export const hourStarts = (toAt) => {
  const last = Math.floor((Date.parse(toAt) - 1) / hourMs) * hourMs;
  return Array.from({ length: hoursShown }, (_, at) => last - (hoursShown - 1 - at) * hourMs);
};

/** Which of these hours holds a moment (ms), or -1. */
export const hourIndex = (starts, at) => (at === null ? -1 : starts.findLastIndex((start) => at >= start && at < start + hourMs));

/** `14:00` */
export const hourClock = (at, zone) => formatClock(at, zone).slice(0, 5);

/** `14:00 to 15:00` */
export const hourSpan = (at, zone) => `${hourClock(at, zone)} to ${hourClock(at + hourMs, zone)}`;
