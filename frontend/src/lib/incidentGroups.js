import { formatMoment } from './formatTime.js';
import { isOpen } from './incidentWords.js';

const foldOver = 20;
const dayMs = 86_400_000;

const isoDay = (at, zone) => new Intl.DateTimeFormat('en-CA', { timeZone: zone === 'UTC' ? 'UTC' : undefined }).format(new Date(at));

const dayWords = (at, zone, now) => {
  const day = isoDay(at, zone);
  if (day === isoDay(now, zone)) return 'Resolved today';
  if (day === isoDay(now - dayMs, zone)) return 'Resolved yesterday';
  return `Resolved ${formatMoment(at, zone, now).replace(/, \d\d:\d\d$/, '')}`;
};

/** Many at once mostly have one cause: those that share it fold, under the cause, below those that stand alone. */
const byCause = (open) => {
  if (open.length <= foldOver) return [{ id: 'open', title: '', incidents: open }];
  const groups = Map.groupBy(open, ({ likely_cause: cause, rule_name: rule }) => cause || rule);
  const alone = [...groups.values()].filter(({ length }) => length === 1).flat();
  const shared = [...groups].filter(([, { length }]) => length > 1);
  const folds = shared.map(([title, incidents]) => ({ id: `cause:${title}`, title: incidents[0].likely_cause ? `Because ${title}` : title, folds: true, incidents }));
  return [...(alone.length ? [{ id: 'open', title: '', incidents: alone }] : []), ...folds];
};

/** The list in sections `{id, title, folds, incidents}`: what is open, by root cause when it is much, then what is over, by day. */
export const incidentSections = (incidents, zone, now) => {
  const open = incidents.filter(isOpen);
  const over = Map.groupBy(incidents.filter((one) => !isOpen(one)), ({ resolved_at: at }) => dayWords(at, zone, now));
  return [...(open.length ? byCause(open) : []), ...[...over].map(([title, those]) => ({ id: title, title, incidents: those }))];
};

/** The incident before (-1) or after (1) the one with `id`; the first one when it is not there. */
export const neighbourOf = (incidents, id, by) => {
  const at = incidents.findIndex((one) => one.id === id);
  return at < 0 ? incidents[0] : incidents[at + by];
};
