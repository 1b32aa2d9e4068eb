import { withChanges, withChecks } from './boardPatches.js';
import { withStats } from './rateHistory.js';
import { keysOf } from './topics.js';

const board = ['health', 'services'];

/** A window that ended in the past is told once for all. */
const untilNow = ({ queryKey: [, , question] }) => !question?.toAt;

/** Large fleets tell their figures without their nodes. */
const withoutLoss = ({ nodes }, stats) => (stats.nodes.length ? stats : { ...stats, nodes });

const ofAlerts = (what) => ({ queryKey: ['alerts', what] });
/** The incidents that events are about, each by itself: the lists of them stay as they are. */
const incidentsOf = (events) => [...new Set(events.map(({ incident_id: id }) => id).filter(Boolean))].map((id) => ({ queryKey: ['alerts', 'incidents', 'one', id] }));
const ofOne = ['commented', 'escalated'];

/** Kinds of messages that say enough to change what is on screen, and what each does: `patches` are `[query key, data =>
    data]`, `stale` are filters of queries to ask again. Each is given all messages of its kind at once, in order. */
const kinds = {
  'health.changed': (events) => ({
    patches: [[board, (old) => withChanges(old, events)]],
    stale: keysOf('health'),
  }),
  'health.checked': (events) => ({
    patches: [[board, (old) => withChecks(old, events)]],
    stale: [...new Set(events.map(({ service_id: id }) => id))].flatMap((id) => [{ queryKey: [...board, id], exact: true }, { queryKey: [...board, id, 'checks'] }]),
  }),
  'pipeline.measured': () => ({ patches: [], stale: [{ queryKey: ['middleware', 'pipeline'] }, { queryKey: ['middleware', 'stats'] }] }),
  'latency.summarised': () => ({ patches: [], stale: [{ queryKey: ['latency'], predicate: untilNow }] }),
  'ws.status': (events) => ({
    patches: [
      [['websocket', 'stats'], (old) => withoutLoss(old, events.at(-1).stats)],
      [['websocket', 'rates'], (old) => withStats(old, events.map(({ stats }) => stats))],
    ],
    stale: [],
  }),
  'alert.changed': () => ({ patches: [], stale: [ofAlerts('rules'), ofAlerts('evaluations')] }),
  'alert.noted': (events) => ({ patches: [], stale: events.every(({ kind }) => ofOne.includes(kind)) ? incidentsOf(events) : [ofAlerts('incidents')] }),
  'alert.delivered': (events) => ({ patches: [], stale: [...incidentsOf(events), ofAlerts('channels'), ofAlerts('deliveries')] }),
  'ws.failed': () => ({ patches: [], stale: [{ queryKey: ['websocket', 'errors'] }] }),
  'ws.closed': () => ({ patches: [], stale: [] }), // the list is asked for anyway, every other second
};

/** Any other message makes all of its topic old. */
const effectOf = (messages) => {
  const [{ topic, kind }] = messages;
  return kinds[kind]?.(messages.map(({ data }) => data)) ?? { patches: [], stale: keysOf(topic) };
};

const once = (filters) => [...new Map(filters.map((filter) => [JSON.stringify(filter), filter])).values()];

/** What messages of the live channel (`{topic, kind, data}`, in order) do to the query cache: `{patches, stale}`. */
export const liveReducer = (messages) => {
  const effects = [...Map.groupBy(messages, ({ kind }) => kind).values()].map(effectOf);
  return { patches: effects.flatMap(({ patches }) => patches), stale: once(effects.flatMap(({ stale }) => stale)) };
};
