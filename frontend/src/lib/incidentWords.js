import { formatDuration } from './formatDuration.js';
import { formatUntil } from './formatUntil.js';
import { valueWords } from './incidentValue.js';
import { actorWords } from './pipelineWords.js';
import { listed } from './sentences.js';

/** Info is drawn as Unknown is: a ring, neither good nor bad. */
const severityShapes = { critical: 'down', warning: 'degraded', info: 'unknown' };
export const severities = ['critical', 'warning', 'info'];

export const isOpen = ({ resolved_at: resolvedAt }) => !resolvedAt;

/** The shape an incident is drawn with. */
export const incidentShape = (incident) => {
  if (!isOpen(incident)) return 'healthy';
  return incident.hold ? 'held' : severityShapes[incident.severity];
};

const holdStates = { silenced: 'Silenced', muted: 'Muted', maintenance: 'In maintenance', suppressed: 'Held back', awaiting_root: 'Held back' };

/** Its state in a word or two, and the status whose colour that has. */
export const stateWords = (incident) => {
  if (!isOpen(incident)) return { words: 'Resolved', tone: 'healthy' };
  if (incident.state === 'acknowledged') return { words: `Acknowledged by ${actorWords(incident.acknowledged_by)}`, short: `Acked by ${actorWords(incident.acknowledged_by)}`, tone: '' };
  if (incident.hold) return { words: holdStates[incident.hold.reason], tone: '' };
  return { words: 'Firing', tone: incident.severity === 'critical' ? 'down' : incident.severity === 'warning' ? 'degraded' : '' };
};

/** What it is about, and how bad that is now: `POST /api/checkout, 655 ms`. */
export const objectLine = ({ object, value, unit, metric }) => {
  const shown = valueWords(value, { unit, metric });
  return value == null || metric === 'health.status' ? object : `${object}, ${shown}`;
};

export const incidentTitle = ({ rule_name: rule, object }) => (object ? `${rule}: ${object}` : rule);

/** The incident that tells of a service that fails: one that is told, before one that is held back. */
export const incidentOf = (serviceId, incidents) => incidents.filter(({ service }) => service === serviceId).toSorted((a, b) => Boolean(a.hold) - Boolean(b.hold))[0] ?? null;

const until = (at) => (at ? ` until ${formatUntil(at)}` : '');
const holds = {
  silenced: ({ until: at }) => `Nobody is told: it is silenced${until(at)}.`,
  muted: ({ by, until: at }) => `Nobody is told: the mute timing ${by} is on${until(at)}.`,
  maintenance: ({ until: at }) => `Nobody is told: the service is in maintenance${until(at)}.`,
  suppressed: () => 'Nobody is told: another incident is its root cause.',
  awaiting_root: ({ by }) => `Nobody is told yet: its root cause ${by} is failing and may fire any moment.`,
};
/** Why nobody is told, in a sentence. */
export const holdWords = (hold) => holds[hold.reason](hold);

const resolveReasons = {
  recovered: 'it recovered',
  no_data: 'its data ended',
  missing_series: 'what it watched is gone',
  paused: 'the rule was paused',
  deleted: 'the rule was deleted',
  updated: 'the rule was changed',
};
/** How it ended. */
export const resolveWords = ({ seconds, resolve_reason: reason, resolved_by: by }) =>
  `Resolved after ${formatDuration(seconds)}: ${reason === 'by_hand' ? `by ${actorWords(by ?? 'someone')}` : (resolveReasons[reason] ?? reason)}.`;

const beyond = { '>': 'over', '>=': 'at least', '<': 'under', '<=': 'at most', '==': 'equal to', '!=': 'other than' };
/** When its rule fires: `latency.p99 over 500 ms`. */
export const conditionWords = ({ incident, operator, threshold }) => {
  const level = valueWords(threshold, incident);
  return `${incident.metric} ${beyond[operator]} ${level}`;
};

/** What somebody hears who acknowledged too late: `{acknowledged_by}` as the server tells it. */
export const tooLateWords = (problem) => {
  const by = problem?.extensions?.acknowledged_by;
  return by ? `${actorWords(by)} was faster: it is acknowledged, and the escalation has stopped.` : '';
};

/** `2 alerts held back while ledger-db is failing` of what is open; '' when nothing is held back. */
export const heldBackWords = (incidents) => {
  const held = incidents.filter(({ hold }) => hold);
  if (!held.length) return '';
  const roots = incidents.filter(({ id }) => held.some(({ suppressed_by: by }) => by === id)).map(({ object }) => object);
  return `${held.length} ${held.length === 1 ? 'alert' : 'alerts'} held back${roots.length ? ` while ${listed([...new Set(roots)])} ${roots.length === 1 ? 'is' : 'are'} failing` : ''}`;
};

/** Numbers of what is open: `firing` not acknowledged and not held back, `open` without what is held back, `held`. */
export const openCounts = ({ counts: { firing = 0, acknowledged = 0, unacknowledged = 0 } = {} }) => ({
  firing: unacknowledged,
  open: unacknowledged + acknowledged,
  held: Math.max(0, firing - unacknowledged),
});
