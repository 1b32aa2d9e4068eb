import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { opened, summary, serve, grid, openPage, rowButtons, rowButton, searchOf, looks, readout, histogram, trend } from './latencyPage.jsx';

atGoldenTime();

describe('the table', () => {
  it('F2.2.1: lists the busiest endpoints with their quantiles and 24 hours each', async () => {
    await openPage();
    expect(rowButtons()).toHaveLength(20);
    const row = rowButton('/api/payments').closest('tr');
    expect(row).toHaveTextContent(/payments-api.*268 ms1\.21 s3\.12 s12,377/);
    expect(looks(row)).toHaveLength(24);
    expect(looks(row).at(-1)).toBe('h8');
  });

  it('tells the fleet in numbers, and what was dropped or over the limit', async () => {
    await openPage('?compare=yesterday');
    const facts = [...document.querySelectorAll('dl.card > div')].map((fact) => fact.textContent);
    expect(facts).toEqual(['P50, top 2022 ms+2 %', 'P95, top 20164 ms+21 %', 'P99, top 20706 ms+38 %', 'Requests425/s+4 %', 'Errors, top 200.31 %+0.24', 'Endpoints583 over 500 ms']);
    expect(screen.getByText('5,000 samples dropped').closest('details')).toHaveTextContent('4,990 samples of search, last at 13:52: they came more than 5 minutes late10 samples of edge-gateway, last at 13:20: they lie more than a minute ahead: look at the clock there');
    expect(screen.getByText('214 routes over the limit, counted together as other routes')).toBeInTheDocument();
    expect(rowButton('Unmatched routes')).toBeInTheDocument();
    expect(rowButton('Other routes, over the limit of 2,000')).toBeInTheDocument();
  });

  it('F2.2.5: sorts from the headings, and keeps it in the address', async () => {
    const page = await openPage();
    await page.user.click(within(await grid()).getByRole('button', { name: 'Requests' }));
    expect(rowButtons()[0]).toHaveTextContent('/api/catalog/products');
    expect(searchOf(page)).toBe('?sort=count');
  });

  it('asks for the range and the service of the address', async () => {
    const asked = [];
    server.use(http.get(api(summary), ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(golden('latency/summary'));
    }));
    const page = await openPage('?range=24h&service=search');
    await page.user.click(screen.getByRole('button', { name: '7 d' }));
    await waitFor(() => expect(asked).toEqual(['?window_seconds=86400&sort=p99&compare=none&service=search', '?window_seconds=604800&sort=p99&compare=none&service=search']));
    await page.user.keyboard('[[');
    expect(searchOf(page)).toBe('?service=search&range=7d&from=2026-11-09T14%3A08Z&to=2026-11-16T14%3A08Z');
    await page.user.keyboard(']]');
    expect(searchOf(page)).toBe('?service=search&range=7d');
  });

  it('shows the sorted quantile by hour', async () => {
    const answer = golden('latency/summary');
    const hours = answer.endpoints[0].count_by_hour.map(() => 10);
    serve({ ...answer, endpoints: answer.endpoints.map((one) => ({ ...one, p50_by_hour: hours })) });
    const page = await openPage('?sort=p50');
    expect(new Set(looks(rowButton('/api/payments').closest('tr')))).toEqual(new Set(['h1']));
    expect(screen.getByText('Strips show P50 by hour')).toBeInTheDocument();
    await page.user.click(within(await grid()).getByRole('button', { name: 'Requests' }));
    expect(looks(rowButton('/api/payments').closest('tr')).at(-1)).toBe('h8');
  });

  it('draws hours without a request flat, and says when there is nothing to compare with', async () => {
    const answer = golden('latency/summary');
    const [first] = answer.endpoints;
    const counts = [0, 41, ...first.count_by_hour.slice(2)];
    const before = { change_pct: null, compared_p99_by_hour: first.p99_by_hour.map(() => null) };
    serve({ ...answer, endpoints: answer.endpoints.map((one) => ({ ...one, ...before, count_by_hour: counts })) });
    await openPage('?compare=yesterday');
    const row = rowButton(first.path).closest('tr');
    expect(looks(row).slice(0, 2)).toEqual(['none', 'few']);
    expect(screen.getByText('There is too little data of yesterday to compare with.')).toBeInTheDocument();
  });

  it('compares: the strip tells ratios, the change is sorted first', async () => {
    const answer = golden('latency/summary');
    const hours = Array.from({ length: 24 }, () => 1000);
    const now = [500, 800, 1000, 1200, 2000, null, ...hours.slice(6)];
    serve({ ...answer, endpoints: answer.endpoints.map((one) => ({ ...one, p99_by_hour: now, count_by_hour: hours, compared_p99_by_hour: hours })) });
    const page = await openPage();
    await page.user.click(screen.getByRole('button', { name: 'vs yesterday' }));
    await screen.findByRole('button', { name: 'P99 change' });
    expect(looks(rowButton('/api/payments').closest('tr')).slice(0, 6)).toEqual(['r-2', 'r-1', 'r0', 'r1', 'r2', 'few']);
    expect(rowButtons().slice(0, 3).map((button) => button.textContent)).toEqual(['POST/api/payments', 'GET/api/search', 'POST/api/checkout']);
    expect(searchOf(page)).toBe('?compare=yesterday');
    expect(screen.getByText('faster')).toBeInTheDocument();
  });

  it('filters the top 20 at once, and offers to search all', async () => {
    const page = await openPage();
    await page.user.type(screen.getByRole('searchbox', { name: 'Filter endpoints' }), 'checkout put');
    expect(rowButtons().map((button) => button.textContent)).toEqual(['PUT/api/cart/items/{item_id}']);
    await page.user.type(screen.getByRole('searchbox', { name: 'Filter endpoints' }), ' nothing');
    expect(await screen.findByText('None of the top 20 matches "checkout put nothing".')).toBeInTheDocument();
    await page.user.click(screen.getByRole('button', { name: 'Search all endpoints' }));
    await waitFor(() => expect(searchOf(page)).toContain('scope=all'));
  });

  it('lists all endpoints in pages, searched by the server', async () => {
    const asked = [];
    const answer = golden('latency/endpoints');
    server.use(http.get(api('/admin/latency/endpoints'), ({ request }) => {
      const query = new URL(request.url).searchParams;
      if (query.get('limit') === '200') return HttpResponse.json(answer);
      asked.push([query.get('search'), query.get('sort'), query.get('cursor')]);
      return HttpResponse.json(query.get('cursor') ? { endpoints: [{ ...answer.endpoints[0], path: '/last' }], next_cursor: null } : { ...answer, next_cursor: 'more' });
    }));
    const page = await openPage('?scope=all&q=api&sort=count');
    await page.user.click(screen.getByRole('button', { name: 'Show more' }));
    expect(await screen.findByText('/last')).toBeInTheDocument();
    expect(asked).toEqual([['api', 'count', null], ['api', 'count', 'more']]);
    expect(screen.queryByRole('button', { name: 'Show more' })).not.toBeInTheDocument();
  });
});

describe('the open row', () => {
  it('F2.2.3: a click shows the histogram and the trend, and the address keeps it', async () => {
    const page = await openPage();
    await page.user.click(rowButton('/api/payments'));
    expect(searchOf(page)).toBe(opened);
    const bars = (await histogram()).querySelectorAll('rect');
    expect(bars).toHaveLength(golden('latency/histogram').buckets.length);
    expect(new Set([...bars].map((bar) => bar.dataset.band))).toEqual(new Set(['1', '2', '3']));
    expect((await histogram()).querySelectorAll('[data-mark]')).toHaveLength(3);
    await page.user.keyboard('{Escape}');
    await waitFor(() => expect(searchOf(page)).toBe(''));
  });

  it('I2.2.2: the histogram holds the count of each bucket: brushed by keys, and as a table', async () => {
    const { user } = await openPage(opened);
    const slider = await histogram();
    const { buckets } = golden('latency/histogram');
    slider.focus();
    await user.keyboard('{Home}{Shift>}{End}{/Shift}');
    const total = buckets.reduce((sum, { count }) => sum + count, 0);
    expect(slider).toHaveAttribute('aria-valuetext', expect.stringContaining(`${total.toLocaleString('en')} requests, 100 %, 13 ms to`));
    await user.keyboard('{Escape}');
    expect(slider).toHaveAttribute('aria-valuetext', '12,377 requests. Drag over bars to count a part of them.');
    await user.click(within(slider.closest('figure')).getByRole('button', { name: 'as table' }));
    expect(within(screen.getByRole('region', { name: 'Response times, as a table' })).getAllByRole('row')).toHaveLength(buckets.length + 1);
  });

  it('counts what is dragged over', async () => {
    await openPage(opened);
    const slider = await histogram();
    fireEvent.pointerDown(slider, { clientX: 260 });
    fireEvent.pointerMove(slider, { clientX: 300 });
    fireEvent.pointerUp(slider);
    expect(slider.getAttribute('aria-valuetext')).toMatch(/^[\d,]+ requests, [\d.]+ %, [\d.]+ m?s to [\d.]+ m?s$/);
  });

  it('F2.2.4, I2.2.3: the trend shows 24 hourly points with the compared P99, and as a table', async () => {
    const { user } = await openPage(`${opened}&compare=yesterday`);
    const slider = await trend();
    expect([...slider.querySelectorAll('[data-line]')].map((line) => line.dataset.line)).toEqual(['compared', 'p50', 'p95', 'p99']);
    const points = golden('latency/trend').points;
    slider.focus();
    await user.keyboard('{Home}{ArrowRight}');
    expect(slider).toHaveAttribute('aria-valuetext', expect.stringMatching(/^16:00: P50 134 ms, P95 431 ms, P99 897 ms, 11,634 requests/));
    await user.click(within(slider.closest('figure')).getByRole('button', { name: 'as table' }));
    const table = screen.getByRole('region', { name: 'Trend, as a table' });
    expect(within(table).getAllByRole('row')).toHaveLength(points.length + 1);
    expect(within(table).getByRole('columnheader', { name: 'P99 yesterday' })).toBeInTheDocument();
  });

  it('lists its slowest requests with links to their traces, or with their ids', async () => {
    const answer = golden('latency/examples');
    await openPage(opened);
    const slow = await screen.findByRole('region', { name: 'Slowest requests' });
    expect(within(slow).getAllByRole('row')[1]).toHaveTextContent('8.04 s14:06:455044bf92f3577b34da6a3ce929d0e0e4736');
    expect(within(slow).getAllByRole('link', { name: /^Open trace/ }).map((link) => link.href)).toEqual(answer.examples.map(({ trace_url: url }) => url));
    cleanup();
    server.use(http.get(api('/admin/latency/endpoints/:path/examples'), () => HttpResponse.json({ ...answer, examples: answer.examples.slice(0, 1).map((one) => ({ ...one, trace_url: null, status: null })) })));
    await openPage(opened);
    expect(within(await screen.findByRole('region', { name: 'Slowest requests' })).getAllByRole('row')[1]).toHaveTextContent('8.04 s14:06:45failed4bf92f3577b34da6a3ce929d0e0e4736Copy id');
  });

  it('says so where no request came at all', async () => {
    const answer = golden('latency/summary');
    const quiet = { ...answer.endpoints[0], count: 0, state: 'insufficient_data', p50: null, p95: null, p99: null, max_ms: null, mean_ms: null };
    serve({ ...answer, endpoints: [quiet] });
    server.use(
      http.get(api('/admin/latency/endpoints/:path/histogram'), () => HttpResponse.json({ ...golden('latency/histogram'), latency: quiet, buckets: [], compared: null })),
      http.get(api('/admin/latency/endpoints/:path/examples'), () => HttpResponse.json({ ...golden('latency/examples'), examples: [] })),
    );
    await openPage(opened);
    expect(await screen.findByText('No request in this time')).toBeInTheDocument();
    expect(screen.getByText(/^Insufficient data, no requests: P99 is told/)).toBeInTheDocument();
    expect(screen.queryByRole('region', { name: 'Slowest requests' })).not.toBeInTheDocument();
  });

  it('draws an endpoint of the address that is not among the busiest', async () => {
    const answer = golden('latency/summary');
    serve({ ...answer, endpoints: answer.endpoints.slice(1) });
    await openPage(opened);
    expect(await histogram()).toBeInTheDocument();
    expect(rowButton('/api/payments')).toHaveAttribute('aria-expanded', 'true');
  });

  it('says what failed in the place of one chart; the other stands', async () => {
    server.use(http.get(api('/admin/latency/endpoints/:path/trend'), problem(503, { title: 'Unavailable', service: 'latency_svc' })));
    await openPage(opened);
    expect(await screen.findByText('Could not load the trend.')).toBeInTheDocument();
    expect(await histogram()).toBeInTheDocument();
  });

  it('R2.2.3: says Insufficient data in an open row with too few requests', async () => {
    const few = golden('latency/summary').endpoints.find(({ state }) => state !== 'ok');
    server.use(http.get(api('/admin/latency/endpoints/:path/trend'), () => HttpResponse.json({ ...golden('latency/trend'), compared: null, points: golden('latency/trend').points.map((point) => ({ ...point, p50: null, p95: null, p99: null, count: 1 })) })));
    const { user } = await openPage();
    await user.click(rowButton(few.path));
    expect(await screen.findByText(/Insufficient data, 41 of 100 requests: P99 is told from 100/)).toBeInTheDocument();
    expect(await screen.findByText('Insufficient data: no hour had enough requests')).toBeInTheDocument();
  });
});

describe('the keyboard', () => {
  it('has one tab stop in the grid; arrows move, and the readout tells the cell', async () => {
    const { user } = await openPage();
    expect(document.querySelectorAll('[data-cell][tabindex="0"]')).toHaveLength(1);
    rowButton('/api/payments').focus();
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowRight}');
    expect(document.activeElement).toHaveTextContent('1.21 s');
    expect(readout()).toHaveTextContent('POST /api/payments P50 268 ms, P95 1.21 s, P99 3.12 s, 12,377 requests, 6.2 % errors, max 8.04 s, ±0.54 %');
    await user.keyboard('{End}');
    expect(document.activeElement).toHaveAccessibleName(/^14:00 to 15:00, P50 \d+ ms, P95 1\.2\d s, P99 3\.1\d s, [\d,]+ requests, ±0\.54 %$/);
    expect(readout()).toHaveTextContent(/^POST \/api\/payments 14:00 to 15:00: P50 \d+ ms, P95 1\.2\d s, P99 3\.1\d s/);
    await waitFor(() => expect(readout().querySelectorAll('[data-mini] rect')).toHaveLength(golden('latency/histogram').buckets.length));
    await user.keyboard('{ArrowDown}{Home}{ArrowUp}{ArrowUp}');
    expect(document.activeElement).toHaveTextContent('Endpoint');
    expect(document.querySelectorAll('[data-cell][tabindex="0"]')).toHaveLength(1);
  });

  it('opens and closes a row from any of its cells', async () => {
    const page = await openPage();
    rowButton('/api/payments').focus();
    await page.user.keyboard('{End}{Enter}');
    await waitFor(() => expect(searchOf(page)).toBe(opened));
    await page.user.keyboard('o');
    await waitFor(() => expect(searchOf(page)).toBe(''));
  });
});
