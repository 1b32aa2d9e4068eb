/** What alert_svc would say about incidents, policies and what is quiet; undefined when the path is another one.
    `golden(name)`: a golden answer, moved to now. `FLOOD=300` opens so many at once. */
export const incidentsAnswer = (method, path, query, golden) => {
  const [, id, what] = /^\/admin\/alerts\/incidents\/(\d+)(?:\/(\w+))?$/.exec(path) ?? [];
  const named = { policies: 'alerts/policies', silences: 'alerts/silences', 'mute-timings': 'alerts/mute_timings', rules: 'alerts/rules', channels: 'alerts/channels', preview: 'alerts/preview' };
  if (path === '/admin/alerts/incidents') return list(query, golden('alerts/incidents'));
  if (id) return what === 'timeline' ? golden('alerts/timeline') : one(id, golden);
  const [, kind] = /^\/admin\/alerts\/([\w-]+)$/.exec(path) ?? [];
  return named[kind] && golden(named[kind]);
};

const flood = (incidents) => {
  const wanted = Number(process.env.FLOOD ?? 0);
  return Array.from({ length: wanted }, (_, at) => ({ ...incidents[0], id: String(3000 + at), object: `GET /api/part-${at}`, likely_cause: at % 3 ? 'ledger-db is down' : '' })).concat(incidents);
};

const list = (query, answer) => {
  const held = query.get('held') ?? 'with';
  const state = query.get('state') ?? 'all';
  const wanted = (one) => (state === 'all' || (state === 'open') === !one.resolved_at) && (held === 'with' || !one.hold) && [['severity'], ['service']].every(([name]) => !query.get(name) || one[name] === query.get(name));
  return { ...answer, incidents: flood(answer.incidents).filter(wanted) };
};

const one = (id, golden) => {
  const detail = golden('alerts/incident');
  const incident = flood(golden('alerts/incidents').incidents).find((each) => each.id === id) ?? detail.incident;
  if (incident.id === detail.incident.id) return detail;
  const { escalation, ...rest } = detail;
  return { ...rest, incident, members: [], held_back: [], impact: [], escalation: incident.state === 'acknowledged' ? { ...escalation, state: 'stopped', next_step: null, next_at: null } : null };
};
