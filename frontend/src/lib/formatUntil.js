import { formatClock, formatMoment } from './formatTime.js';
import { getPreference } from './preferences.js';

/** The end of something planned, to the minute: `16:00`, or `Tue 1 Dec, 22:00`. */
export const formatUntil = (at, zone = getPreference('zone'), now = Date.now()) => {
  const whole = formatMoment(at, zone, now);
  return whole === formatClock(at, zone) ? whole.slice(0, 5) : whole;
};
