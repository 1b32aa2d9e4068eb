import { formatDuration } from './formatDuration.js';
import { formatUptime, plural } from './formatNumber.js';
import { capitalised } from './sentences.js';

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `2026-11-12` as `12 Nov`. Days of uptime are UTC days. */
export const formatDay = (date) => dayFormat.format(new Date(`${date}T00:00:00Z`));

const nearlyAllPct = 99;
const tooThinForPct = 10;

/** How much of a day was measured, where that is not nearly all of it; of a little, how long. */
const coverageWords = (day) => {
  if (day.coverage_pct >= nearlyAllPct) return '';
  if (day.coverage_pct >= tooThinForPct) return `, ${Math.floor(day.coverage_pct)} % measured`;
  return `, measured for ${formatDuration(day.healthy_seconds + day.degraded_seconds + day.down_seconds + day.maintenance_seconds)}`;
};

/** What happened on a day, worst first: "1 outage, 8 min 30 s", "Degraded for 31 min", "No outage". */
export const dayWords = (day) => {
  if (day.worst === 'no_data') return 'No data';
  const parts = [];
  if (day.outages || day.down_seconds) parts.push(`${plural(day.outages || 1, 'outage')}, ${formatDuration(day.down_seconds)}`);
  if (day.degraded_seconds) parts.push(`degraded for ${formatDuration(day.degraded_seconds)}`);
  if (day.maintenance_seconds) parts.push(`maintenance for ${formatDuration(day.maintenance_seconds)}`);
  const words = parts.join(', ') || 'no outage';
  return capitalised(words) + coverageWords(day);
};

/** The whole day as one spoken sentence. */
export const daySentence = (day) =>
  [formatDay(day.date), day.uptime_pct == null ? null : formatUptime(day.uptime_pct), dayWords(day)].filter(Boolean).join(', ');

/** How many of the days were measured at all. */
export const measuredDays = (days) => days.filter((day) => day.worst !== 'no_data').length;
