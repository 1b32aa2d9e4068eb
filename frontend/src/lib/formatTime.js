import { formatShortDuration } from './formatDuration.js';
import { missing } from './formatNumber.js';

/** `zone`: 'local' or 'UTC'. Intl formatters are slow to build, so each is kept. */
const formatters = new Map();
const parts = (options, zone) => {
  const key = JSON.stringify([options, zone]);
  if (!formatters.has(key)) {
    const timeZone = zone === 'UTC' ? 'UTC' : undefined;
    formatters.set(key, new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' }));
  }
  return formatters.get(key);
};

const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const day = { year: 'numeric', month: '2-digit', day: '2-digit' };
const sameDay = (a, b, zone) => parts(day, zone).format(a) === parts(day, zone).format(b);
const isoDay = (at, zone) => parts(day, zone).format(at).split('/').reverse().join('-');

/** `14:02:08` */
export const formatClock = (at, zone = 'local') => parts(clock, zone).format(new Date(at));

/** Today `14:02:08`; this year `Thu 12 Nov, 09:40`; else `12 Nov 2025, 09:40`. */
export const formatMoment = (at, zone = 'local', now = Date.now()) => {
  if (at == null) return missing;
  const date = new Date(at);
  if (sameDay(date, now, zone)) return formatClock(date, zone);
  const year = date.getFullYear() === new Date(now).getFullYear() ? { weekday: 'short' } : { year: 'numeric' };
  const words = parts({ day: 'numeric', month: 'short', ...year }, zone).format(date).replace(',', '');
  return `${words}, ${parts({ hour: '2-digit', minute: '2-digit' }, zone).format(date)}`;
};

/** The whole truth, for tooltips: `2026-11-23 14:02:08.214 CET (13:02:08 UTC)`. */
export const formatExact = (at, zone = 'local') => {
  const date = new Date(at);
  const ms = String(date.getUTCMilliseconds()).padStart(3, '0');
  const utc = `${formatClock(date, 'UTC')} UTC`;
  if (zone === 'UTC') return `${isoDay(date, 'UTC')} ${formatClock(date, 'UTC')}.${ms} UTC`;
  const named = parts({ timeZoneName: 'short', hour: '2-digit' }, zone).formatToParts(date);
  const name = named.find((part) => part.type === 'timeZoneName')?.value ?? '';
  return `${isoDay(date, zone)} ${formatClock(date, zone)}.${ms} ${name} (${utc})`;
};

/** Under an hour `8 s ago` or `in 7 s`, else the moment. */
export const formatRelative = (at, zone = 'local', now = Date.now()) => {
  if (at == null) return missing;
  const seconds = (now - new Date(at).getTime()) / 1000;
  if (Math.abs(seconds) >= 3600) return formatMoment(at, zone, now);
  if (seconds <= -1) return `in ${formatShortDuration(-seconds)}`;
  return seconds < 1 ? 'just now' : `${formatShortDuration(seconds)} ago`;
};
