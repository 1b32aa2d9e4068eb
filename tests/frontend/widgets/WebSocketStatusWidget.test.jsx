import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { statsQuery, statsSeconds } from '../../../frontend/src/api/websocket.js';
import { openLive } from '../../../frontend/src/api/live.js';
import { createQueryClient } from '../../../frontend/src/api/queryClient.js';
import { WebSocketStatusWidget } from '../../../frontend/src/components/widgets/WebSocketStatusWidget.jsx';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { gatewayChannel, statusOf } from '../../../frontend/src/test/channel.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

atGoldenTime();

const path = '/admin/websocket/stats';
const serve = (changes) => server.use(http.get(api(path), () => HttpResponse.json({ ...golden('ws/stats'), ...changes })));
const widget = () => screen.findByRole('region', { name: 'WebSocket' });
const meter = () => screen.findByRole('meter', { name: 'Connection pool' });
const chart = () => screen.findByRole('slider', { name: 'Messages per second over 10 minutes' });

describe('the pool', () => {
  it('F2.3.1: shows active connections of the most allowed, with the percentage', async () => {
    render(<WebSocketStatusWidget />);
    expect(await meter()).toHaveAttribute('aria-valuetext', '1,204 of 4,000 connections, 30 %');
    expect(await widget()).toHaveTextContent(/2 nodes.*1,204 of 4,000 connections.*30 %/);
    expect((await meter()).querySelector('b')).toHaveStyle({ left: '80%' });
  });

  it.each([
    [3200, 'ok', '80 %', ''],
    [3201, 'degraded', '80 %', 'filling up'],
    [3800, 'degraded', '95 %', 'filling up'],
    [3999, 'down', '99 %', 'nearly full'],
    [4000, 'down', '100 %', 'full'],
  ])('F2.3.1: says how full it is at %i of 4,000', async (active, level, pct, words) => {
    serve({ active, alert_pct: 90 });
    render(<WebSocketStatusWidget />);
    expect(await meter()).toHaveAttribute('data-level', level);
    expect(await meter()).toHaveAttribute('aria-valuetext', expect.stringContaining(pct + (words && `, ${words}`)));
    expect(await widget()).toHaveTextContent(words + pct);
  });

  it('counts from the threshold of alerts on as filling up', async () => {
    serve({ active: 2400, alert_pct: 60 });
    render(<WebSocketStatusWidget />);
    expect(await meter()).toHaveAttribute('data-level', 'degraded');
  });

  it('shows no percentage of a pool without a limit', async () => {
    serve({ max: 0, active_pct: null });
    render(<WebSocketStatusWidget />);
    expect(await screen.findByText(/connections, no limit/)).toHaveTextContent('connections, no limit');
    expect(screen.queryByRole('meter')).not.toBeInTheDocument();
  });

  it('names nodes that did not answer, and says how many clients are slow', async () => {
    serve({ missing_nodes: ['gw-1'], lagging: 3 });
    render(<WebSocketStatusWidget />, { path: '/?latency=p50' });
    expect(await screen.findByText(/gw-1 did not answer: its connections are not counted/)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: '3 clients read too slowly' })).toHaveAttribute('href', '/?latency=p50&panel=connections&sort=-pending_bytes');
  });
});

describe('the rates', () => {
  const figures = async () => (await chart()).closest('figure').querySelector('figcaption').textContent;

  it('F2.3.2: shows messages per second, sent and received, and errors', async () => {
    render(<WebSocketStatusWidget />);
    expect(await figures()).toBe('Sent 1,204/sReceived 36/sErrors 0.10/s');
    expect(await chart()).toHaveAttribute('aria-valuetext', 'now: sent 1,204/s, received 36/s');
    await waitFor(async () => expect((await chart()).querySelector('canvas')).toBeInTheDocument());
  });

  it('F2.3.2: tells the rates of a moment under the arrow keys, and that there is none in a gap', async () => {
    const rates = golden('ws/rates');
    rates.points.splice(50, 6);
    server.use(http.get(api('/admin/websocket/rates'), () => HttpResponse.json(rates)));
    render(<WebSocketStatusWidget />);
    const slider = await chart();
    await waitFor(() => expect(slider).toHaveAttribute('aria-valuemax', '54'));
    fireEvent.keyDown(slider, { key: 'Home' });
    expect(slider).toHaveAttribute('aria-valuetext', '14:07:21: sent 1,180/s, received 30/s');
    for (let at = 0; at < 50; at += 1) fireEvent.keyDown(slider, { key: 'ArrowRight' });
    expect(slider).toHaveAttribute('aria-valuetext', '14:08:11: no data');
    expect(await figures()).toBe('Sent –Received –Errors –');
    fireEvent.blur(slider);
    expect(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(/^now/));
  });

  it('F2.3.2: has a table twin of ten seconds a row', async () => {
    const { user } = render(<WebSocketStatusWidget />);
    await user.click(await screen.findByRole('button', { name: 'as table' }));
    const table = await screen.findByRole('region', { name: 'Messages per second, as a table' });
    await waitFor(() => expect(within(table).getAllByRole('row')).toHaveLength(8));
    expect(within(table).getAllByRole('row').at(-1)).toHaveTextContent(/14:07:20/);
  });
});

describe('keeping up', () => {
  it('I2.3.1: asks for the stats when it is drawn and every 5 seconds', async () => {
    const { client } = render(<WebSocketStatusWidget />);
    await meter();
    expect(statsSeconds).toBe(5);
    const query = client.getQueryCache().find({ queryKey: ['websocket', 'stats'] });
    expect(statsQuery.refetchInterval(query)).toBe(5000);
    serve({ active: 1300 });
    vi.setSystemTime(goldenNow.getTime() + 5000);
    await client.refetchQueries({ queryKey: ['websocket', 'stats'] });
    expect(await screen.findByText('1,300')).toBeInTheDocument();
  });

  it('I2.3.3: follows the live channel, and asks no more while it speaks', async () => {
    const gateway = gatewayChannel();
    server.use(gateway.handler);
    const client = createQueryClient();
    const close = openLive(client);
    render(<WebSocketStatusWidget />, { client });
    await meter();
    await waitFor(() => expect(gateway.heard.map(({ subscribe }) => subscribe?.topic)).toContain('ws'));
    const stats = golden('ws/stats');
    await waitFor(() => expect(statsQuery.refetchInterval(client.getQueryCache().find({ queryKey: ['websocket', 'stats'] }))).toBe(60_000));
    act(() => gateway.push(statusOf({ ...stats, active: 3900, msg_out_rate: 2500 }, 1)));
    expect(await screen.findByText('3,900')).toBeInTheDocument();
    expect(await screen.findByText('2,500/s')).toBeInTheDocument();
    expect(await meter()).toHaveAttribute('data-level', 'down');
    await waitFor(async () => expect(await chart()).toHaveAttribute('aria-valuemax', '60'));
    close();
  });

  it('asks only for the rates that are missing', async () => {
    const asked = [];
    server.use(http.get(api('/admin/websocket/rates'), ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('window_seconds'));
      return HttpResponse.json(golden('ws/rates'));
    }));
    const { client } = render(<WebSocketStatusWidget />);
    await waitFor(async () => expect(await chart()).toHaveAttribute('aria-valuemax', '59'));
    vi.setSystemTime(goldenNow.getTime() + 30_000);
    await client.refetchQueries({ queryKey: ['websocket', 'rates'] });
    expect(asked).toEqual(['600', '35']);
    expect(client.getQueryData(['websocket', 'rates']).points).toHaveLength(60);
  });

  it('keeps the last figures with their age when ws_svc stops', async () => {
    const { client } = render(<WebSocketStatusWidget />);
    await meter();
    server.use(http.get(api(path), problem(503, { title: 'Unavailable', service: 'ws_svc' })));
    vi.setSystemTime(goldenNow.getTime() + 60_000);
    await client.invalidateQueries({ queryKey: ['websocket', 'stats'] });
    expect(await screen.findByText(/ws_svc does not answer \(503\)/)).toHaveTextContent('Showing 14:08:20');
    expect(await meter()).toBeInTheDocument();
  });

  it('says what failed when there is nothing to keep', async () => {
    server.use(http.get(api(path), problem(503, { title: 'Unavailable', service: 'ws_svc' })));
    const { user } = render(<WebSocketStatusWidget />);
    expect(await screen.findByText('Could not load the connections.')).toBeInTheDocument();
    server.resetHandlers();
    await user.click(screen.getByRole('button', { name: 'Try now' }));
    expect(await meter()).toBeInTheDocument();
  });
});

it('opens the panel of connections, which closes to where one was', async () => {
  const { user, router } = render(<WebSocketStatusWidget />, { path: '/?latency=p50' });
  await user.click(await screen.findByRole('link', { name: 'Connections' }));
  expect(await screen.findByRole('dialog', { name: /WebSocket connections/ })).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(router.state.location.search).toBe('?latency=p50'));
});

it('has no accessibility findings', async () => {
  render(<WebSocketStatusWidget />);
  await meter();
  expect(await axeFindings()).toEqual([]);
});
