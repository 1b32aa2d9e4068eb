import { formatShortDuration } from './formatDuration.js';
import { formatMetric, holdWords } from './metricValue.js';
import { capitalised } from './sentences.js';

export const operators = [['>', 'above'], ['>=', 'at least'], ['<', 'below'], ['<=', 'at most'], ['==', 'exactly'], ['!=', 'other than']];
const beyond = { '>': 'over', '>=': 'at least', '<': 'under', '<=': 'at most', '==': 'exactly', '!=': 'other than' };
export const severities = [['critical', 'Critical'], ['warning', 'Warning'], ['info', 'Info']];
export const noDataPolicies = [['keep', 'Keep the state'], ['alert', 'Fire as well'], ['ok', 'Count it as fine'], ['no_data', 'Show “No data”']];
export const stateWords = { firing: 'Firing', recovering: 'Recovering', pending: 'Pending', no_data: 'No data', resolved: 'OK', inactive: 'OK', paused: 'Paused' };
/** What the list can be narrowed to; OK is both never fired and fine again. */
export const stateChoices = [['', 'Any state'], ['firing', 'Firing'], ['pending', 'Pending'], ['no_data', 'No data'], ['ok', 'OK'], ['paused', 'Paused']];

export const isUpward = (operator) => operator.startsWith('>');
export const isOrdered = (operator) => /^[<>]/.test(operator);
const signs = { '==': '=', '!=': '≠', '>=': '≥', '<=': '≤' };

/** `latency.p99 > 500 ms for 5 min` */
export const conditionLine = ({ metric, operator, threshold, duration, unit }, levels) =>
  `${metric} ${signs[operator] ?? operator} ${formatMetric(threshold, unit, levels)}${duration ? ` for ${holdWords(duration)}` : ''}`;

/** `Firing` as the list counts it. */
export const stateGroup = ({ state }) => ({ recovering: 'firing', resolved: 'ok', inactive: 'ok' })[state] ?? state;

const secondsSince = (at, now) => Math.max(0, (now - Date.parse(at)) / 1000);

const pendingWords = ({ since, duration }, now) => {
  const gone = Math.min(secondsSince(since, now), duration);
  if (duration < 120) return `Pending, ${Math.floor(gone)} of ${duration} s`;
  return `Pending, ${Math.floor(gone / 60)} of ${holdWords(duration)}`;
};

const lines = {
  firing: ({ since }, now) => `Firing, ${formatShortDuration(secondsSince(since, now))}`,
  recovering: ({ since }, now) => `Recovering, ${formatShortDuration(secondsSince(since, now))}`,
  pending: pendingWords,
  no_data: ({ series, no_data: policy }) => (series ? `No data${policy === 'keep' ? ', kept' : ''}` : 'No series matches'),
  paused: ({ reason, updated_by: by }) => reason || `Paused by ${by}`,
};

/** Its state in a few words, with the value it comes from: `Firing, 6 min`, `Pending, 3 of 5 min`, `OK, 64 %`. */
export const stateLine = (rule, now, levels) => lines[rule.state]?.(rule, now) ?? `OK, ${formatMetric(rule.value, rule.unit, levels)}`;

/** How much of a pending rule's wait is over, 0 to 1. */
export const pendingShare = ({ since, pending_until: until }, now) => {
  const [from, to] = [Date.parse(since), Date.parse(until)];
  return to > from ? Math.min(1, Math.max(0, (now - from) / (to - from))) : 1;
};

const shapes = { pending: 'pending', no_data: 'unknown', paused: 'paused', recovering: 'recovering' };
/** The shape of a rule's state: firing looks as bad as it is. */
export const ruleShape = ({ state, severity }) => (state === 'firing' ? (severity === 'critical' ? 'down' : 'degraded') : shapes[state] ?? 'healthy');

/** The tint of its badge. */
export const ruleTint = ({ state, severity }) => ({ firing: severity === 'critical' ? 'down' : 'degraded', pending: 'degraded', recovering: 'degraded', resolved: 'healthy', inactive: 'healthy' })[state] ?? 'unknown';

const shortMetric = (metric) => metric.split('.').at(-1).replaceAll('_', ' ');

/** What a rule without a name is called: `POST /api/checkout p99 over 500 ms`. */
export const proposedName = ({ metric, operator, threshold }, { unit, levels }, about) => {
  if (!metric) return '';
  const line = threshold == null ? '' : ` ${beyond[operator]} ${formatMetric(threshold, unit, levels)}`;
  return capitalised(`${about ? `${about} ` : ''}${shortMetric(metric)}${line}`).slice(0, 100);
};
