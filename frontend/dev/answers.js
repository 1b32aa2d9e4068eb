import { readFileSync } from 'node:fs';
import { alertsAnswer } from './alerts.js';
import { incidentsAnswer } from './incidents.js';

const folder = new URL('../../tests/contracts/golden/', import.meta.url);
const takenAt = Date.parse('2026-11-23T14:08:20Z');
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Moves every time in a golden answer by as much as has passed since it was taken, so that nothing looks old. */
const shifted = (value, by) => {
  if (typeof value === 'string' && moment.test(value)) return new Date(Date.parse(value) + by).toISOString();
  if (Array.isArray(value)) return value.map((one) => shifted(one, by));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shifted(one, by)]));
  return value;
};

const golden = (name) => shifted(JSON.parse(readFileSync(new URL(`${name}.json`, folder))), Date.now() - takenAt);

/** `?services=1000`-like boards: copies of the golden services in many groups. */
const manyServices = (board, wanted) => {
  const copies = Array.from({ length: wanted }, (_, at) => {
    const like = board.services[at < 60 ? at % 8 : 8 + (at % (board.services.length - 8))];
    return { ...like, id: `${like.id}-${at}`, name: `${like.name}-${at}`, group: `Team ${Math.floor(at / 50) + 1}`, root_causes: like.root_causes.map((id) => `${id}-${at}`) };
  });
  return { ...board, services: copies };
};

const manyNodes = (map, services) => ({
  ...map,
  nodes: services.map((service) => ({ ...service, is_root_cause: service.status === 'down', known: true })),
  edges: services.slice(1).map((service, at) => ({ source: service.id, target: services[Math.floor(at / 3)].id, kind: 'required', impaired: false })),
  cycles: [],
});

const board = () => {
  const all = golden('health/board');
  return process.env.SERVICES ? manyServices(all, Number(process.env.SERVICES)) : all;
};

const detail = (id) => {
  const answer = golden('health/service_detail');
  const service = board().services.find((one) => one.id === id) ?? answer.service;
  if (service.id === answer.service.id) return answer;
  const healthy = service.status === 'healthy';
  const component = { component: service.kinds[0], kind: service.kinds[0], result: healthy ? 'pass' : 'warn', reason: service.reason, duration_ms: 41.2, phases: [] };
  return {
    ...answer,
    service,
    spec: { ...answer.spec, id, name: service.name, group: service.group, checks: [{ kind: 'http', url: 'https://shop.example.com/health' }] },
    last_run: { ...answer.last_run, service_id: id, result: component.result, reason: service.reason, affected: service.affected, components: [component] },
    why: [],
    affects: [],
    affected_by: [],
  };
};

const latencyOf = (path) => {
  const found = golden('latency/summary').endpoints;
  return found.find((one) => one.path === path) ?? found[0];
};

/** Yesterday's hours: today's, moved by a few, so that some are faster and some slower. */
const compared = (latency) => ({ ...latency, compared_p99_by_hour: latency.p99_by_hour.map((_, at) => latency.p99_by_hour[(at + 5) % 24]) });

const summary = (query) => {
  const answer = golden('latency/summary');
  const only = query.get('service');
  const endpoints = process.env.EMPTY ? [] : answer.endpoints.filter(({ service }) => !only || service === only);
  return { ...answer, endpoints: query.get('compare') === 'none' ? endpoints : endpoints.map(compared) };
};

const latencyAnswer = (path, query) => {
  const [, route, what] = /^\/admin\/latency\/endpoints\/(.+)\/(histogram|trend)$/.exec(path) ?? [];
  if (path === '/admin/latency/summary') return summary(query);
  if (path === '/admin/latency/endpoints') return { ...golden('latency/endpoints'), endpoints: golden('latency/summary').endpoints.filter((one) => one.path.includes(query.get('search') ?? '')), next_cursor: null };
  if (!what) return undefined;
  const { service, method, ...latency } = latencyOf(decodeURIComponent(route));
  const answer = { ...golden(`latency/${what}`), service, method, path: latency.path, latency: { service, method, ...latency } };
  return query.get('compare') === 'none' ? { ...answer, compared: null } : answer;
};

/** Many connections like the golden ones, and how they go up and down. */
const connections = (query) => {
  const { connections: few } = golden('ws/connections');
  const names = ['dana', 'ana', 'marek', 'li', 'sofia', null];
  const all = Array.from({ length: Number(process.env.CONNECTIONS ?? 60) }, (_, at) => {
    const like = few[at % few.length];
    const since = new Date(Date.now() - (at + 1) ** 3 * 1100).toISOString();
    const closed = query.get('state') === 'closed' && { closed_at: new Date(Date.now() - at * 7000).toISOString(), close_code: [4503, 1001, 4008, 1006][at % 4], close_reason: at % 4 ? '' : 'Old tab', closed_by: at % 4 ? null : 'ana' };
    return { ...like, id: at === 2 ? like.id : `${like.id}-${at}`, client_ip: at === 2 ? like.client_ip : `10.4.${at % 9}.${(at * 37) % 250}`, user: names[at % names.length], connected_at: since, ...closed };
  });
  const search = query.get('search') ?? '';
  const found = all.filter(({ client_ip: ip, user, subscriptions }) => `${ip} ${user} ${subscriptions}`.includes(search));
  const from = Number(query.get('cursor') ?? 0);
  const to = from + Number(query.get('limit') ?? 50);
  return { connections: found.slice(from, to), total: found.length, next_cursor: to < found.length ? String(to) : null, missing_nodes: process.env.MISSING ? [process.env.MISSING] : [] };
};

const rates = () => {
  const points = Array.from({ length: 600 }, (_, at) => {
    const gap = at > 400 && at < 430;
    const wave = 1200 + 160 * Math.sin(at / 40) + 60 * Math.sin(at * 1.7);
    return { at: new Date(Date.now() - (600 - at) * 1000).toISOString(), active: 1204, msg_in_rate: gap ? null : wave / 4, msg_out_rate: gap ? null : wave, error_rate: gap ? null : 0.02 };
  });
  return { points, step_seconds: 1 };
};

const stats = () => {
  const told = golden('ws/stats');
  const missing = process.env.MISSING;
  return missing ? { ...told, missing_nodes: [missing], nodes: told.nodes.map((node) => ({ ...node, answers: node.node !== missing })) } : told;
};

const websocketAnswer = (path, query) => {
  const answers = { stats, rates, connections, errors: () => golden('ws/errors') };
  const [, what] = /^\/admin\/websocket\/(\w+)$/.exec(path) ?? [];
  return answers[what] ? answers[what](query) : golden('ws/disconnected');
};

const middleware = (id) => {
  const answer = golden('pipeline/middleware');
  const step = golden('pipeline/pipeline').steps.find((one) => one.id === id) ?? answer.step;
  return step.id === answer.step.id ? answer : { ...answer, step, schema: { type: 'object', properties: {} }, defaults: step.settings };
};

const pipelineAnswer = (method, path) => {
  if (path.endsWith('/diff')) return golden('pipeline/revision_diff');
  if (path.endsWith('/revisions')) return { ...golden('pipeline/revisions'), next_cursor: null };
  if (path.endsWith('/validate')) return golden('pipeline/validation_accepted');
  if (path.endsWith('/stats')) return golden('pipeline/stats');
  if (method !== 'GET' || path.endsWith('/pipeline')) return golden('pipeline/pipeline');
  return middleware(path.split('/').at(-1));
};

/** What the gateway would say to `method path`; undefined when nobody knows. */
export const answerTo = (method, path, query = new URLSearchParams()) => {
  const [, id, what] = /^\/admin\/health\/services\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (path.startsWith('/admin/latency')) return latencyAnswer(path, query);
  if (path.startsWith('/admin/websocket')) return websocketAnswer(path, query);
  if (path.startsWith('/admin/middleware')) return pipelineAnswer(method, path);
  if (path.startsWith('/admin/alerts')) return alertsAnswer(method, path, golden) ?? incidentsAnswer(method, path, query, golden);
  if (path === '/auth/me') return golden('auth/me');
  if (path === '/admin/health/services') return method === 'GET' ? board() : golden('health/service_detail');
  if (id && what === 'history') return golden('health/history');
  if (id && what === 'checks') return { ...golden('health/runs'), next_cursor: null };
  if (id && what === 'check') return { ...golden('health/check_run'), service_id: id };
  if (id) return detail(id);
  if (path === '/admin/health/try') return golden('health/check_run');
  if (path === '/admin/health/dependencies') return process.env.SERVICES ? manyNodes(golden('health/dependencies'), board().services) : golden('health/dependencies');
  const named = { '/admin/health/incidents': 'health/incidents', '/admin/health/maintenance': 'health/maintenance', '/admin/about': 'auth/about', '/auth/users': 'auth/users', '/auth/tokens': 'auth/tokens', '/auth/audit': 'auth/audit', '/auth/sessions': 'auth/sessions' };
  return named[path] && golden(named[path]);
};
