import { formatMoment } from './formatTime.js';
import { hourClock } from './hours.js';

/** Ranges that end now: id, word, seconds, and how one speaks of them. */
export const ranges = [
  ['1h', '1 h', 3600, 'hour'],
  ['6h', '6 h', 6 * 3600, '6 hours'],
  ['24h', '24 h', 86_400, '24 hours'],
  ['7d', '7 d', 7 * 86_400, '7 days'],
];
const leastMs = 60_000;
const mostMs = 31 * 86_400_000;

/** A moment (ms) as it is written in an address: `2026-11-23T03:00Z`. */
export const written = (at) => `${new Date(at).toISOString().slice(0, 16)}Z`;

const chosen = (from, to) => (to - from >= leastMs && to - from <= mostMs ? { from, to } : null);

/** The range of an address: one that ends now, by its id (`range`), or a stretch of time (`from` and `to`, then in ms, else
    null). `window`: its length in seconds; `toAt`: its end as the server is asked for it. */
export const readRange = (params) => {
  const [range, , window] = ranges.find(([id]) => id === params.get('range')) ?? ranges[0];
  const found = chosen(Date.parse(params.get('from')), Date.parse(params.get('to')));
  if (!found) return { range, window, from: null, to: null, toAt: undefined };
  return { range, window: Math.round((found.to - found.from) / 1000), ...found, toAt: new Date(found.to).toISOString() };
};

/** What to change in the address to look from one moment (ms) to another; `null` ends it. */
export const rangeChange = (from, to) => (from === null ? { from: '', to: '' } : { from: written(from), to: written(to) });

/** The same length earlier (-1) or later (1). What would reach past now is the range that ends now, where there is one;
    what has not begun is none. */
export const shiftRange = ({ to, window }, by, now) => {
  const end = (to ?? Math.floor(now / leastMs) * leastMs) + by * window * 1000;
  const begin = end - window * 1000;
  const same = ranges.find(([, , seconds]) => seconds === window);
  if (end > now && same) return { range: same[0], ...rangeChange(null) };
  return begin < now ? rangeChange(begin, end) : {};
};

const dayOf = (at, zone) => formatMoment(at, zone, 0).split(',')[0];

/** `03:00 to 07:00`, with days where it is not today: `Sun 22 Nov, 22:00 to Mon 23 Nov, 01:00`. */
export const spanWords = (from, to, zone, now) => {
  const at = (moment) => formatMoment(moment, zone, now).replace(/^(\d\d:\d\d):\d\d$/, '$1');
  const oneDay = dayOf(from, zone) === dayOf(to - 1, zone);
  return `${at(from)} to ${oneDay ? hourClock(to, zone) : at(to)}`;
};

/** `the last hour`, or the stretch of time. */
export const rangeName = ({ range, from, to }, zone, now = Date.now()) =>
  from === null ? `the last ${ranges.find(([id]) => id === range)[3]}` : spanWords(from, to, zone, now);
