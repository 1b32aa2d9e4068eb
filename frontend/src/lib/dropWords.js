import { plural } from './formatNumber.js';
import { formatMoment } from './formatTime.js';

const reasons = {
  late: 'they came more than 5 minutes late',
  future: 'they lie more than a minute ahead: look at the clock there',
  not_finite: 'they are no number',
  negative: 'they are below zero',
  too_long: 'they are longer than a day: look at the unit',
  not_a_histogram: 'they are no histogram of durations',
  rubbish: 'they cannot be read',
  wrong_subject: 'they speak for another service',
};

/** `4,990 samples of search, last at 13:52: they came more than 5 minutes late` */
export const dropWords = ({ service, reason, count, last_at: at }, zone) =>
  `${plural(count, 'sample')} of ${service}, last at ${formatMoment(at, zone).replace(/^(\d\d:\d\d):\d\d$/, '$1')}: ${reasons[reason] ?? reason}`;
