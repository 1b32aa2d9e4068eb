import { QueryObserver } from '@tanstack/react-query';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { boardQuery } from '../../../frontend/src/api/health.js';
import { openLive } from '../../../frontend/src/api/live.js';
import { createQueryClient } from '../../../frontend/src/api/queryClient.js';
import { usualTiming } from '../../../frontend/src/api/socket.js';
import { connection, isHeard, isLive } from '../../../frontend/src/lib/connection.js';
import { positionOf } from '../../../frontend/src/lib/positions.js';
import { session, sessionStarted } from '../../../frontend/src/lib/session.js';
import { connectedFrame, gatewayChannel } from '../../../frontend/src/test/channel.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';

const fast = { ...usualTiming, grace: 60, firstRetry: 1, unsubscribe: 20 };
const until = (check) => vi.waitFor(check, { timeout: 10_000, interval: 10 });
const event = (changes, offset) => ({ topic: 'health', kind: 'health.changed', offset, event_id: `e-${offset}`, data: { ...golden('events/health.changed.v1').payload, ...changes } });

let client;
let close = () => {};
let stops = [];

beforeEach(() => {
  client = createQueryClient();
});
afterEach(() => {
  close();
  stops.forEach((stop) => stop());
  stops = [];
});

/** The client's side open against a gateway, once the topics of every page are served. */
const opened = async (gateway = gatewayChannel(), timing = fast) => {
  server.use(gateway.handler);
  close = openLive(client, timing);
  await until(() => expect(connection.get().topics).toEqual(expect.arrayContaining(['health', 'alerts', 'pipeline'])));
  return gateway;
};

const asked = (gateway, topic) => gateway.heard.filter(({ subscribe }) => subscribe?.topic === topic).map(({ subscribe }) => subscribe);

/** Another gateway answers from now on: the channel's handlers would all hear a connection. */
const replaced = (gateway, ...others) => {
  server.resetHandlers();
  server.use(gateway.handler, ...others);
  return gateway;
};

/** A query on screen that counts how often it is asked; answers `{count}`. */
const onScreen = (queryKey, options = {}) => {
  const seen = { count: 0 };
  const queryFn = () => (seen.count += 1);
  stops.push(new QueryObserver(client, { queryKey, queryFn, ...options }).subscribe(() => {}));
  return seen;
};

describe('opening', () => {
  it('I2.3.3: subscribes to what every page shows, and is live', async () => {
    const gateway = await opened();
    expect(gateway.heard.map(({ id, subscribe }) => [id, subscribe])).toEqual([[1, { topic: 'health' }], [2, { topic: 'alerts' }], [3, { topic: 'pipeline' }]]);
    expect(connection.get()).toMatchObject({ socket: 'open', id: 'c-01h8k2', refused: '' });
    expect(isLive()).toBe(true);
    expect(isHeard('ws')).toBe(false);
  });

  it('offers the protocol at the address of the page', async () => {
    const gateway = await opened();
    expect(String(gateway.clients[0].url)).toBe('ws://belfry.test/api/v1/ws');
    expect(gateway.clients[0].protocols ?? ['belfry.v1']).toContain('belfry.v1');
  });

  it('goes on from where the first answer stood', async () => {
    server.use(http.get(api('/admin/health/services'), () => HttpResponse.json(golden('health/board'), { headers: { 'Belfry-Offset': 'e1:41' } })));
    await client.fetchQuery(boardQuery);
    const gateway = await opened();
    expect(asked(gateway, 'health')).toEqual([{ topic: 'health', offset: 41, epoch: 'e1' }]);
    expect(asked(gateway, 'alerts')).toEqual([{ topic: 'alerts' }]);
  });

  it('asks only for topics the role may hear', async () => {
    const gateway = gatewayChannel({ greeting: { connected: { ...connectedFrame.connected, topics: ['health'] } } });
    server.use(gateway.handler);
    close = openLive(client, fast);
    await until(() => expect(connection.get().topics).toEqual(['health']));
    expect(gateway.heard).toHaveLength(1);
  });

  it('answers pings', async () => {
    const gateway = await opened();
    gateway.tell({});
    await until(() => expect(gateway.heard.at(-1)).toEqual({}));
  });

  it('does not call itself closed while it opens, but after a while', async () => {
    close = openLive(client, fast); // the gateway says nothing
    expect(connection.get().socket).toBe('opening');
    await until(() => expect(connection.get().socket).toBe('closed'));
  });
});

describe('messages', () => {
  it('change the cache, each once, and the rest of their topic is asked for again', async () => {
    await client.fetchQuery(boardQuery);
    const map = onScreen(['health', 'dependencies']);
    const gateway = await opened();
    const news = event({ service_id: 'search', to_status: 'down', started_at: '2026-11-23T14:08:10Z' }, 101);
    gateway.push(news, news);
    gateway.push(news);
    await until(() => expect(client.getQueryData(boardQuery.queryKey).services.find(({ id }) => id === 'search').status).toBe('down'));
    expect(positionOf('health')).toEqual({ epoch: 'e1', offset: 101 });
    expect(positionOf('alerts')).toEqual({ epoch: 'e1', offset: 101 }); // all topics stand in one stream
    await until(() => expect(map.count).toBe(3)); // first, at once, and once more when the answer cannot be older than the news
  });

  it('are drawn at most four times a second', async () => {
    await client.fetchQuery(boardQuery);
    const drawn = [];
    stops.push(new QueryObserver(client, { ...boardQuery, enabled: false, refetchInterval: false }).subscribe(({ dataUpdatedAt, data }) => drawn.push([dataUpdatedAt, data])));
    const gateway = await opened();
    const checked = (second) => ({ topic: 'health', kind: 'health.checked', key: 'search', data: { ...golden('events/health.checked.v1').payload, at: `2026-11-23T14:09:${String(second).padStart(2, '0')}Z` } });
    for (let second = 0; second < 40; second += 1) gateway.push(checked(second));
    await until(() => expect(client.getQueryData(boardQuery.queryKey).services.find(({ id }) => id === 'search').last_check).toBe('2026-11-23T14:09:39Z'));
    expect(drawn.length).toBeLessThan(10);
  });

  it('that the gateway left out are asked for again; when they cannot be had, everything is old', async () => {
    let recovered = true;
    const gateway = await opened(gatewayChannel({ answer: ({ offset }) => ({ recovered, offset: offset ?? 100 }) }));
    const incidents = onScreen(['alerts', 'incidents']);
    await until(() => expect(incidents.count).toBe(1));
    gateway.tell({ resync: { topic: 'alerts', reason: 'overflow', offset: 500, epoch: 'e1' } });
    await until(() => expect(asked(gateway, 'alerts').at(-1)).toEqual({ topic: 'alerts', offset: 500, epoch: 'e1' }));
    await until(() => expect(isHeard('alerts')).toBe(true));
    expect(incidents.count).toBe(1);
    recovered = false;
    gateway.tell({ resync: { topic: 'alerts', reason: 'overflow', offset: 600, epoch: 'e1' } });
    await until(() => expect(incidents.count).toBe(2));
  });

  it('of a stream that was made anew make their topic old', async () => {
    const gateway = await opened(gatewayChannel({ answer: ({ epoch = 'e1' }) => ({ epoch }) }));
    const incidents = onScreen(['alerts', 'incidents']);
    await until(() => expect(incidents.count).toBe(1));
    gateway.tell({ resync: { topic: 'alerts', reason: 'made anew', offset: 3, epoch: 'e2' } });
    await until(() => expect(incidents.count).toBeGreaterThan(1));
    expect(positionOf('alerts')).toEqual({ epoch: 'e2', offset: 3 });
  });

  it('tell how much this tab was too slow for', async () => {
    const gateway = await opened();
    gateway.tell({ lag: { pending_bytes: 300_000, dropped: 2, conflated: 40 } });
    await until(() => expect(connection.get().left).toBe(42));
  });
});

describe('a loss', () => {
  it('of a moment is none: the channel goes on from where it was', async () => {
    const gateway = await opened(gatewayChannel(), { ...fast, grace: 5000 });
    gateway.push(event({}, 107));
    await until(() => expect(positionOf('health').offset).toBe(107));
    const states = [];
    stops.push(connection.subscribe(() => states.push(connection.get().socket)));
    gateway.end(1011);
    await until(() => expect(asked(gateway, 'health').at(-1)).toEqual({ topic: 'health', offset: 107, epoch: 'e1' }));
    expect(new Set(states)).toEqual(new Set(['open']));
  });

  it('makes everything old once when something may have been missed', async () => {
    let recovered = true;
    const gateway = await opened(gatewayChannel({ answer: () => ({ recovered, offset: recovered ? 100 : 900 }) }));
    const users = onScreen(['auth', 'users']);
    await until(() => expect(users.count).toBe(1));
    recovered = false;
    gateway.end(1011);
    await until(() => expect(['health', 'alerts', 'pipeline'].map((topic) => positionOf(topic)?.offset)).toEqual([900, 900, 900]));
    await until(() => expect(users.count).toBe(2));
  });

  it('that lasts lets pages ask by themselves again', async () => {
    const gateway = await opened();
    const query = onScreen(['health', 'x'], { refetchInterval: boardQuery.refetchInterval });
    const found = client.getQueryCache().find({ queryKey: ['health', 'x'] });
    await until(() => expect(found.state.status).toBe('success'));
    expect(query.count).toBe(1);
    expect(boardQuery.refetchInterval(found)).toBeGreaterThan(50_000);
    replaced(gatewayChannel({ greeting: null }));
    gateway.end(1011);
    await until(() => expect(connection.get().socket).toBe('closed'));
    expect(boardQuery.refetchInterval(found)).toBeLessThanOrEqual(30_000);
    expect(connection.get().nextTryAt).toBeGreaterThan(0);
  });

  it('waits as long as the gateway asks for', async () => {
    const gateway = await opened();
    gateway.end(4001, { reason: 'The gateway is stopping', reconnect: true, after_ms: 3_600_000 });
    await until(() => expect(connection.get().nextTryAt - Date.now()).toBeGreaterThan(3_500_000));
    connection.get().retry();
    await until(() => expect(gateway.clients).toHaveLength(2));
  });

  it('is noticed when the gateway falls silent', async () => {
    const gateway = await opened(gatewayChannel({ greeting: { connected: { ...connectedFrame.connected, ping_seconds: 0 } } }), { ...fast, silence: 100 });
    await until(() => expect(gateway.clients.length).toBeGreaterThan(1));
  });

  it.each([
    [4503, { reason: 'An admin closed the connection', reconnect: false, after_ms: 0 }, 'An admin closed the connection'],
    [4504, null, 'The gateway closed the connection'],
  ])('with code %i is for good, until somebody asks', async (code, farewell, words) => {
    const gateway = await opened();
    gateway.end(code, farewell);
    await until(() => expect(connection.get()).toMatchObject({ socket: 'closed', refused: words, nextTryAt: 0 }));
    window.dispatchEvent(new Event('online'));
    expect(gateway.clients).toHaveLength(1);
    connection.get().retry();
    await until(() => expect(connection.get()).toMatchObject({ socket: 'open', refused: '' }));
  });

  it('tells of another role', async () => {
    const me = golden('auth/me');
    client.setQueryData(['auth', 'me'], me);
    const gateway = await opened();
    server.use(http.get(api('/auth/me'), () => HttpResponse.json({ ...me, user: { ...me.user, role: 'viewer' } })));
    gateway.end(4507);
    await until(() => expect(client.getQueryData(['auth', 'me']).user.role).toBe('viewer'));
  });

  it('after which the role is another one', async () => {
    const me = golden('auth/me');
    client.setQueryData(['auth', 'me'], { ...me, user: { ...me.user, role: 'viewer' } });
    await opened();
    await until(() => expect(client.getQueryData(['auth', 'me']).user.role).toBe('admin'));
  });
});

describe('the session', () => {
  it('that has ended stops the channel until somebody signs in', async () => {
    const gateway = await opened();
    const refusing = replaced(gatewayChannel({ greeting: null }), http.get(api('/auth/me'), problem(401)));
    gateway.end(4005);
    await until(() => expect(refusing.clients.length).toBeGreaterThan(0));
    refusing.end(3000); // before any frame: as an upgrade that is refused
    await until(() => expect(session.get().expired).toBe(true));
    expect(connection.get().socket).toBe('closed');
    replaced(gatewayChannel());
    sessionStarted('another');
    await until(() => expect(connection.get().socket).toBe('open'));
  });

  it('leaves nothing behind', async () => {
    const gateway = await opened();
    gateway.push(event({}, 107));
    await until(() => expect(positionOf('health')?.offset).toBe(107));
    close();
    expect(connection.get()).toMatchObject({ socket: 'closed', topics: [], id: '' });
    expect(positionOf('health')).toBeUndefined();
    window.dispatchEvent(new Event('online'));
    expect(gateway.clients).toHaveLength(1);
  });
});

describe('the browser', () => {
  it('that is online again opens the channel anew', async () => {
    const gateway = await opened();
    window.dispatchEvent(new Event('online'));
    await until(() => expect(gateway.clients).toHaveLength(2));
  });

  it('that shows the tab again tries at once when the channel is silent', async () => {
    const gateway = await opened();
    document.dispatchEvent(new Event('visibilitychange'));
    expect(gateway.clients).toHaveLength(1);
    connection.set((old) => ({ ...old, frameAt: Date.now() - 60_000 }));
    document.dispatchEvent(new Event('visibilitychange'));
    await until(() => expect(gateway.clients).toHaveLength(2));
  });

  it('asks in a hidden tab only for what the title tells: what is down, and what fires', async () => {
    const gateway = await opened();
    const board = onScreen(['health', 'services', 'of the test']);
    const incidents = onScreen(['alerts', 'incidents']);
    const steps = onScreen(['middleware', 'of the test']);
    await until(() => expect([board.count, incidents.count, steps.count]).toEqual([1, 1, 1]));
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    const others = [['pipeline', 'pipeline.changed'], ['alerts', 'alert.fired']].map(([topic, kind], at) => ({ topic, kind, data: {}, offset: 102 + at }));
    gateway.push(event({}, 101), ...others);
    await until(() => expect(Math.min(board.count, incidents.count)).toBeGreaterThan(1));
    expect(steps.count).toBe(1);
    expect(client.getQueryState(['middleware', 'of the test']).isInvalidated).toBe(true);
  });
});
