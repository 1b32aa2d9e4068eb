import { describe, expect, it } from 'vitest';
import { withChanges, withChecks } from '../../../frontend/src/lib/boardPatches.js';
import { liveReducer } from '../../../frontend/src/lib/liveReducer.js';
import { caughtUp, noteChanges } from '../../../frontend/src/lib/recentChanges.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';
import { statusOf } from '../../../frontend/src/test/channel.js';

const bodyOf = (name) => golden(`events/${name}.v1`).payload;
const changed = (changes) => ({ topic: 'health', kind: 'health.changed', data: { ...bodyOf('health.changed'), ...changes } });
const checked = (changes) => ({ topic: 'health', kind: 'health.checked', data: { ...bodyOf('health.checked'), ...changes } });
const board = golden('health/board');
const card = (id, from = board) => from.services.find((one) => one.id === id);

const applied = (messages, key, data) => liveReducer(messages).patches.filter(([one]) => one.join() === key.join()).reduce((old, [, patch]) => patch(old), data);
const boardAfter = (...messages) => applied(messages, ['health', 'services'], board);

describe('a change of status', () => {
  const down = { service_id: 'search', to_status: 'down', started_at: '2026-11-23T14:08:10Z', reason: 'Connection refused', affected: ['api'], flapping: true };

  it('is on the card at once: status, reason, since when, what fails', () => {
    const after = card('search', boardAfter(changed(down)));
    expect(after).toMatchObject({ status: 'down', effective: 'down', reason: 'Connection refused', since: down.started_at, affected: ['api'], root_causes: ['search'] });
    expect(after.overlays).toContain('flapping');
  });

  it('leaves all other cards the same objects', () => {
    const after = boardAfter(changed(down));
    expect(after.services.filter((one, at) => one !== board.services[at]).map(({ id }) => id)).toEqual(['search']);
  });

  it('makes the rest of health old, because dependents change with it', () => {
    expect(liveReducer([changed(down), changed({ ...down, to_status: 'healthy' })]).stale).toEqual([{ queryKey: ['health'] }]);
  });

  it('is ignored when the card knows better already', () => {
    const older = { ...down, service_id: 'ledger-db', to_status: 'healthy', started_at: '2026-11-23T13:00:00Z' };
    expect(card('ledger-db', boardAfter(changed(older)))).toBe(card('ledger-db'));
    const same = { ...down, service_id: 'ledger-db', started_at: card('ledger-db').since };
    expect(card('ledger-db', boardAfter(changed(same)))).toBe(card('ledger-db'));
  });

  it('ends with the last of several', () => {
    const up = { ...down, to_status: 'healthy', started_at: '2026-11-23T14:08:15Z', affected: [], flapping: false };
    expect(card('search', boardAfter(changed(down), changed(up)))).toMatchObject({ status: 'healthy', effective: 'healthy', root_causes: [] });
  });

  it('leaves a service degraded that still feels what it needs', () => {
    const own = { service_id: 'payments-api', started_at: '2026-11-23T14:08:10Z' };
    const after = withChanges(board, [{ ...bodyOf('health.changed'), ...own, to_status: 'down' }, { ...bodyOf('health.changed'), ...own, started_at: '2026-11-23T14:08:15Z', to_status: 'healthy' }]);
    expect(card('payments-api', after)).toMatchObject({ status: 'healthy', effective: 'healthy', root_causes: ['ledger-db'] });
    const felt = withChanges({ services: [{ ...card('payments-api'), status: 'degraded' }] }, [{ ...bodyOf('health.changed'), ...own, to_status: 'healthy' }]);
    expect(card('payments-api', felt)).toMatchObject({ status: 'healthy', effective: 'degraded' });
  });
});

describe('a run of checks', () => {
  it('moves the pulse and the last check, once', () => {
    const at = '2026-11-23T14:08:19Z';
    const before = card('search');
    const after = card('search', boardAfter(checked({ at }), checked({ at })));
    expect(after.recent).toEqual([...before.recent.slice(-29), 'warn']);
    expect(after).toMatchObject({ last_check: at, duration_ms: 812.4, status: before.status });
    expect(Date.parse(after.next_check) - Date.parse(at)).toBe(before.interval_seconds * 1000);
  });

  it('ends staleness, and tells that checks go on', () => {
    const old = { ...board, checking: false, services: [{ ...card('search'), overlays: ['stale'], last_check: null }] };
    const after = withChecks(old, [bodyOf('health.checked')]);
    expect(after).toMatchObject({ checking: true, last_recorded_at: '2026-11-23T14:08:16Z' });
    expect(card('search', after).overlays).toEqual([]);
  });

  it('makes only the details of its service old', () => {
    expect(liveReducer([checked({}), checked({})]).stale).toEqual([
      { queryKey: ['health', 'services', 'search'], exact: true },
      { queryKey: ['health', 'services', 'search', 'checks'] },
    ]);
  });
});

describe('the figures of the fleet', () => {
  const stats = golden('ws/stats');

  it('I2.3.3: replace the stats and lengthen the history', () => {
    const messages = [statusOf({ ...stats, active: 1 }, 1), statusOf({ ...stats, active: 2 }, 2)];
    expect(applied(messages, ['websocket', 'stats'], stats).active).toBe(2);
    const { points } = applied(messages, ['websocket', 'rates'], golden('ws/rates'));
    expect(points.slice(-2).map(({ active, msg_out_rate: sent }) => [active, sent])).toEqual([[1, 1206], [2, 1206]]);
    expect(liveReducer(messages).stale).toEqual([]);
  });

  it('keep the nodes that a large fleet leaves out', () => {
    expect(applied([statusOf({ ...stats, nodes: [] }, 1)], ['websocket', 'stats'], stats).nodes).toBe(stats.nodes);
  });

  it('keep ten minutes of history, one point a second', () => {
    const many = Array.from({ length: 700 }, (_, at) => statusOf({ ...stats, active: at }, at / 2));
    const { points } = applied(many, ['websocket', 'rates'], golden('ws/rates'));
    expect(points).toHaveLength(409);
    expect(points.at(-1).active).toBe(699);
  });
});

it('summaries of latencies make old what ends now', () => {
  const [{ queryKey, predicate }, ...others] = liveReducer([{ topic: 'latency', kind: 'latency.summarised', data: {} }]).stale;
  expect([queryKey, others]).toEqual([['latency'], []]);
  const isOld = (question) => predicate({ queryKey: ['latency', 'summary', question] });
  expect([isOld({ window: 3600 }), isOld({ window: 3600, toAt: '2026-11-23T12:00:00Z' }), isOld(undefined)]).toEqual([true, false, true]);
});

describe('everything else', () => {
  it.each([
    ['alerts', 'alert.fired', [['alerts']]],
    ['alerts', 'alert.changed', [['alerts', 'rules'], ['alerts', 'evaluations']]],
    ['alerts', 'alert.noted', [['alerts', 'incidents']]],
    ['alerts', 'alert.delivered', [['alerts', 'channels'], ['alerts', 'deliveries']]],
    ['pipeline', 'pipeline.changed', [['pipeline'], ['middleware']]],
    ['health', 'health.declared', [['health']]],
    ['ws', 'ws.failed', [['websocket', 'errors']]],
    ['ws', 'ws.closed', []],
    ['weather', 'weather.changed', []],
  ])('of %s (%s) makes its topic old', (topic, kind, keys) => {
    const { patches, stale } = liveReducer([{ topic, kind, data: {} }, { topic, kind, data: {} }]);
    expect(patches).toEqual([]);
    expect(stale).toEqual(keys.map((queryKey) => ({ queryKey })));
  });

  it('does nothing when nothing came', () => {
    expect(liveReducer([])).toEqual({ patches: [], stale: [] });
  });
});

describe('an answer that was under way', () => {
  it('does not take back what was heard meanwhile, for as long as it may be older', () => {
    const now = goldenNow.getTime();
    noteChanges([checked({}), changed({ service_id: 'search', to_status: 'down', started_at: '2026-11-23T14:08:18Z' })], now);
    expect(card('search', caughtUp(board, now + 2900)).status).toBe('down');
    expect(card('search', caughtUp(board, now + 3000)).status).toBe('degraded');
  });
});

it('a comment, a step and a message are news of their incident alone; what holds it back is news of the lists, too', () => {
  const noted = (kind) => ({ topic: 'alerts', kind: 'alert.noted', data: { ...bodyOf('alert.noted'), kind } });
  const delivered = { topic: 'alerts', kind: 'alert.delivered', data: bodyOf('alert.delivered') };
  const one = { queryKey: ['alerts', 'incidents', 'one', '2041'] };
  expect(liveReducer([noted('commented'), noted('escalated'), delivered]).stale).toEqual([one, { queryKey: ['alerts', 'channels'] }, { queryKey: ['alerts', 'deliveries'] }]);
  expect(liveReducer([noted('commented'), noted('held')]).stale).toEqual([{ queryKey: ['alerts', 'incidents'] }]);
});
