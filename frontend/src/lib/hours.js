import { formatClock } from './formatTime.js';

export const hourMs = 3_600_000;
export const hoursShown = 24;

/** When each of 24 hours began, in ms, oldest first; `fromAt`: the first (ISO). */
export const hourStarts = (fromAt) => Array.from({ length: hoursShown }, (_, at) => Date.parse(fromAt) + at * hourMs);

/** The first and the last of these hours that a stretch of time (ms) holds, by index, or null. */
export const hoursWithin = (starts, from, to) => {
  const first = starts.findIndex((start) => start + hourMs > from);
  const last = starts.findLastIndex((start) => start < to);
  return from === null || first < 0 || last < first ? null : [first, last];
};

/** Which of these hours holds a moment (ms), or -1. */
export const hourIndex = (starts, at) => (at === null ? -1 : starts.findLastIndex((start) => at >= start && at < start + hourMs));

/** `14:00` */
export const hourClock = (at, zone) => formatClock(at, zone).slice(0, 5);

/** `14:00 to 15:00` */
export const hourSpan = (at, zone) => `${hourClock(at, zone)} to ${hourClock(at + hourMs, zone)}`;
