const shownRuns = 30;
const failing = ['degraded', 'down'];

const byService = (events) => Map.groupBy(events, ({ service_id: id }) => id);

/** The board with some cards replaced by what `patch(card, events of it)` answers; the others stay the same objects. */
const patched = (board, events, patch) => {
  const news = byService(events);
  return { ...board, services: board.services.map((card) => (news.has(card.id) ? patch(card, news.get(card.id)) : card)) };
};

const time = (at) => (at ? Date.parse(at) : 0);

/** Whether the card holds a change already: it was answered after it. */
const holds = (card, { to_status: status, started_at: at }) => time(at) < time(card.since) || (card.status === status && time(at) === time(card.since));
const withOverlay = (overlays, name, on) => [...overlays.filter((overlay) => overlay !== name), ...(on ? [name] : [])];

/** What a service's change means for its own card. What it means for others only the server knows. */
const changed = (card, event) => {
  if (holds(card, event)) return card;
  const others = card.root_causes.filter((id) => id !== card.id);
  const fails = failing.includes(event.to_status);
  const stillFelt = event.to_status === 'healthy' && others.length > 0 && card.effective === 'degraded';
  return {
    ...card,
    status: event.to_status,
    effective: stillFelt ? 'degraded' : event.to_status,
    root_causes: fails && !others.length ? [card.id] : others,
    since: event.started_at,
    reason: event.reason,
    affected: event.affected,
    overlays: withOverlay(card.overlays, 'flapping', event.flapping),
  };
};

const checked = (card, event) => {
  if (time(event.at) <= time(card.last_check)) return card;
  return {
    ...card,
    last_check: event.at,
    next_check: new Date(Date.parse(event.at) + card.interval_seconds * 1000).toISOString(),
    duration_ms: event.duration_ms,
    recent: [...card.recent, event.result].slice(-shownRuns),
    overlays: withOverlay(card.overlays, 'stale', false),
  };
};

/** The board after confirmed changes of status (`health.changed`). */
export const withChanges = (board, events) => patched(board, events, (card, own) => own.reduce(changed, card));

/** The board after runs of checks (`health.checked`): pulses and last checks move on. */
export const withChecks = (board, events) => ({
  ...patched(board, events, (card, own) => own.reduce(checked, card)),
  checking: true,
  last_recorded_at: events.at(-1).at,
});
