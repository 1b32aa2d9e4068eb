import { http, HttpResponse } from 'msw';
import { silentChannel } from './channel.js';
import { golden } from './golden.js';

export const api = (path) => `*/api/v1${path}`;
const answer = (body, init) => () => HttpResponse.json(body, init);
const nothing = () => new HttpResponse(null, { status: 204 });
const services = '/admin/health/services';
const alerts = '/admin/alerts';

/** Incidents as the filters of the question want them. */
const incidentsFor = (query) => {
  const all = golden('alerts/incidents');
  const wanted = (one) => (query.get('state') !== 'open' || !one.resolved_at) && (query.get('state') !== 'resolved' || one.resolved_at) && (query.get('held') !== 'without' || !one.hold);
  return { ...all, incidents: all.incidents.filter(wanted) };
};

/** What the gateway answers when all is well, in terms of the golden files. */
export const handlers = [
  http.get('*/readyz', answer({ status: 'pass' })),
  http.get(api('/auth/me'), answer(golden('auth/me'))),
  http.get(api('/auth/methods'), answer({ oidc: null })),
  http.post(api('/auth/login'), answer(golden('auth/me'))),
  http.post(api('/auth/logout'), nothing),
  http.post(api('/auth/password'), nothing),
  http.get(api('/auth/sessions'), answer(golden('auth/sessions'))),
  http.delete(api('/auth/sessions'), nothing),
  http.get(api('/auth/users'), answer(golden('auth/users'))),
  http.get(api('/auth/tokens'), answer(golden('auth/tokens'))),
  http.post(api('/auth/tokens'), answer(golden('auth/new_token'), { status: 201 })),
  http.delete(api('/auth/tokens/:id'), nothing),
  http.get(api('/auth/audit'), answer(golden('auth/audit'))),
  http.get(api('/admin/about'), answer(golden('auth/about'))),
  http.get(api(services), answer(golden('health/board'))),
  http.get(api(`${services}/:id`), answer(golden('health/service_detail'))),
  http.get(api(`${services}/:id/history`), answer(golden('health/history'))),
  http.get(api(`${services}/:id/checks`), answer(golden('health/runs'))),
  http.post(api(`${services}/:id/check`), answer(golden('health/check_run'))),
  http.post(api(services), answer(golden('health/service_detail'), { status: 201 })),
  http.put(api(`${services}/:id`), answer(golden('health/service_detail'))),
  http.delete(api(`${services}/:id`), nothing),
  http.post(api('/admin/health/try'), answer(golden('health/check_run'))),
  http.get(api('/admin/health/dependencies'), answer(golden('health/dependencies'))),
  http.get(api('/admin/health/incidents'), answer(golden('health/incidents'))),
  http.get(api('/admin/health/maintenance'), answer(golden('health/maintenance'))),
  http.get(api('/admin/latency/summary'), answer(golden('latency/summary'))),
  http.get(api('/admin/latency/endpoints'), answer({ ...golden('latency/endpoints'), next_cursor: null })),
  http.get(api('/admin/latency/endpoints/:path/histogram'), answer(golden('latency/histogram'))),
  http.get(api('/admin/latency/endpoints/:path/trend'), answer(golden('latency/trend'))),
  http.get(api('/admin/latency/endpoints/:path/examples'), answer(golden('latency/examples'))),
  http.get(api('/admin/websocket/stats'), answer(golden('ws/stats'))),
  http.get(api('/admin/websocket/rates'), answer(golden('ws/rates'))),
  http.get(api('/admin/websocket/connections'), answer(golden('ws/connections'))),
  http.get(api('/admin/websocket/errors'), answer(golden('ws/errors'))),
  http.post(api('/admin/websocket/connections/:id/disconnect'), answer(golden('ws/disconnected'))),
  http.post(api('/admin/websocket/disconnect'), answer(golden('ws/disconnected'))),
  http.get(api('/admin/middleware/pipeline'), answer(golden('pipeline/pipeline'))),
  http.get(api('/admin/middleware/pipeline/revisions'), answer(golden('pipeline/revisions'))),
  http.get(api('/admin/middleware/pipeline/revisions/:revision/diff'), answer(golden('pipeline/revision_diff'))),
  http.post(api('/admin/middleware/pipeline/validate'), answer(golden('pipeline/validation_accepted'))),
  http.get(api('/admin/middleware/stats'), answer(golden('pipeline/stats'))),
  http.get(api('/admin/middleware/:id'), answer(golden('pipeline/middleware'))),
  http.get(api(`${alerts}/rules`), answer(golden('alerts/rules'))),
  http.get(api(`${alerts}/rules/:id`), answer(golden('alerts/rule'))),
  http.get(api(`${alerts}/rules/:id/versions`), answer(golden('alerts/versions'))),
  http.get(api(`${alerts}/rules/:id/evaluations`), answer(golden('alerts/evaluations'))),
  http.post(api(`${alerts}/rules/:id/test`), answer(golden('alerts/test_accepted'))),
  http.post(api(`${alerts}/preview`), answer(golden('alerts/preview'))),
  http.get(api(`${alerts}/metrics`), answer(golden('alerts/metrics'))),
  http.get(api(`${alerts}/series`), answer(golden('alerts/series'))),
  http.get(api(`${alerts}/channels`), answer(golden('alerts/channels'))),
  http.get(api(`${alerts}/deliveries`), answer(golden('alerts/deliveries'))),
  http.get(api(`${alerts}/incidents`), ({ request }) => HttpResponse.json(incidentsFor(new URL(request.url).searchParams))),
  http.get(api(`${alerts}/incidents/:id`), answer(golden('alerts/incident'))),
  http.get(api(`${alerts}/incidents/:id/timeline`), answer(golden('alerts/timeline'))),
  http.get(api(`${alerts}/policies`), answer(golden('alerts/policies'))),
  http.get(api(`${alerts}/silences`), answer(golden('alerts/silences'))),
  http.get(api(`${alerts}/mute-timings`), answer(golden('alerts/mute_timings'))),
  silentChannel,
];

/** A problem answer: `problem(503, { title, service })`. */
export const problem = (status, members = {}, headers = {}) =>
  () => HttpResponse.json({ title: `Status ${status}`, status, ...members }, { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });
