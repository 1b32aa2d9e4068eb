import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { latencySeconds, summaryQuery } from '../../../frontend/src/api/latency.js';
import { LatencyHeatmapWidget } from '../../../frontend/src/components/widgets/LatencyHeatmapWidget.jsx';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

atGoldenTime();

const path = '/admin/latency/summary';
const serve = (answer) => server.use(http.get(api(path), () => HttpResponse.json(answer)));
const summaryOf = (...endpoints) => ({ ...golden('latency/summary'), endpoints });
const like = (changes) => ({ ...golden('latency/summary').endpoints[0], ...changes });

const table = () => screen.findByRole('table', { name: 'Latency of the busiest endpoints' });
const rowsIn = async () => within(await table()).getAllByRole('row').slice(1);
const rowOf = async (name) => (await rowsIn()).find((row) => row.textContent.includes(name));
const routes = async () => (await rowsIn()).map((row) => within(row).getByRole('link').getAttribute('href'));
const stepsOf = (row) => [...row.querySelectorAll('[data-step]')].map((cell) => `${cell.textContent} h${cell.dataset.step}`);

describe('the heatmap', () => {
  it('F2.2.1: shows P50, P95 and P99 of the twenty busiest endpoints', async () => {
    render(<LatencyHeatmapWidget />);
    expect(await rowsIn()).toHaveLength(20);
    expect(await rowOf('/api/payments')).toHaveTextContent(/POST\/api\/payments.*268 ms1\.21 s3\.12 s12,377.*\+286 %/);
    expect(screen.getByText('last hour, top 20 by traffic')).toBeInTheDocument();
  });

  it('F2.2.2: is green under 100 ms, yellow from 100 to 500 ms, red over 500 ms, with the number in each cell', async () => {
    serve(summaryOf(like({ path: '/a', p50: 24.9, p95: 99.4, p99: 100 }), like({ path: '/b', p50: 499, p95: 500, p99: 501 }), like({ path: '/c', p50: 25, p95: 1001, p99: 9000 })));
    render(<LatencyHeatmapWidget />);
    expect(stepsOf(await rowOf('/a'))).toEqual(['25 ms h1', '99 ms h3', '100 ms h4']);
    expect(stepsOf(await rowOf('/b'))).toEqual(['499 ms h5', '500 ms h5', '501 ms h6']);
    expect(stepsOf(await rowOf('/c'))).toEqual(['25 ms h2', '1.00 s h7', '9.00 s h8']);
  });

  it('F2.2.2: follows other thresholds of the server', async () => {
    serve({ ...summaryOf(like({ path: '/a', p50: 9, p95: 10, p99: 51 })), thresholds_ms: [10, 50] });
    render(<LatencyHeatmapWidget />);
    expect(stepsOf(await rowOf('/a'))).toEqual(['9.0 ms h3', '10 ms h4', '51 ms h6']);
    expect(screen.getByText('under 10 ms')).toBeInTheDocument();
  });

  it('F2.2.3: a row leads to its histogram', async () => {
    render(<LatencyHeatmapWidget />);
    const link = within(await rowOf('/api/payments')).getByRole('link');
    expect(link).toHaveAttribute('href', '/admin/latency?open=POST+payments-api+%2Fapi%2Fpayments');
    expect(screen.getByRole('link', { name: 'All endpoints' })).toHaveAttribute('href', '/admin/latency');
  });

  it('F2.2.4: shows how P99 went over 24 hours beside each endpoint', async () => {
    render(<LatencyHeatmapWidget />);
    const row = await rowOf('/api/payments');
    expect(within(row).getByRole('img', { name: /P99 of POST \/api\/payments over 24 hours, \d+ ms to 3\.1\d s/ })).toBeInTheDocument();
  });

  it('R2.2.3: says Insufficient data where fewer than 100 requests came', async () => {
    render(<LatencyHeatmapWidget />);
    const row = await rowOf('/api/refunds');
    expect(row).toHaveTextContent('Insufficient data, 41 of 100 requests');
    expect(row).not.toHaveTextContent('184 ms');
    expect((await rowsIn()).at(-1)).toBe(row);
  });

  it('R2.2.3: says Insufficient data, and how to send, when nothing was measured', async () => {
    serve({ ...summaryOf(), total_endpoints: 0, total_count: 0 });
    render(<LatencyHeatmapWidget />);
    expect(await screen.findByText('Insufficient data')).toBeInTheDocument();
    expect(screen.getByText(/OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/belfry.test:4318/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Copy' })).toBeInTheDocument();
  });

  it('names what no route matched and what is over the limit', async () => {
    render(<LatencyHeatmapWidget />);
    expect(await rowOf('Unmatched routes')).toHaveTextContent('edge-gateway');
    expect(await rowOf('Other routes, over the limit of 2,000')).toHaveTextContent('12 ms');
    expect(await table()).not.toHaveTextContent('__');
  });

  it('tells a service with few endpoints what is listed', async () => {
    serve(summaryOf(like({ path: '/only' })));
    render(<LatencyHeatmapWidget />);
    expect(await screen.findByText('last hour, its only endpoint')).toBeInTheDocument();
  });

  it('has no accessibility findings', async () => {
    render(<LatencyHeatmapWidget />);
    await table();
    expect(await axeFindings()).toEqual([]);
  });
});

describe('sorting', () => {
  const first = { p99: '/api/payments', p95: '/api/payments', count: '/api/catalog/products' };

  it.each([['P99', 'p99'], ['P95', 'p95'], ['Requests', 'count']])('F2.2.5: sorts by %s', async (word, sort) => {
    const { user } = render(<LatencyHeatmapWidget />);
    await table();
    await user.click(screen.getByRole('group', { name: 'Sort by' }).querySelector(`button:nth-child(${['p99', 'p95', 'p50', 'count'].indexOf(sort) + 1})`));
    expect((await rowsIn())[0]).toHaveTextContent(first[sort]);
    expect(within(await table()).getByRole('columnheader', { name: word })).toHaveAttribute('aria-sort', 'descending');
  });

  it('F2.2.5: sorts by P50 from its heading, asks the server for it, and keeps it in the address', async () => {
    const asked = [];
    server.use(http.get(api(path), ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('sort'));
      return HttpResponse.json(golden('latency/summary'));
    }));
    const { user, router } = render(<LatencyHeatmapWidget />);
    await user.click(within(await table()).getByRole('button', { name: 'P50' }));
    const byP50 = golden('latency/summary').endpoints.filter(({ state }) => state === 'ok').toSorted((a, b) => b.p50 - a.p50);
    await waitFor(async () => expect((await routes())[2]).toContain(encodeURIComponent(byP50[2].path)));
    expect(router.state.location.search).toBe('?latency=p50');
    await waitFor(() => expect(asked).toEqual(['p99', 'p50']));
    await user.click(screen.getByRole('group', { name: 'Sort by' }).querySelector('button'));
    expect(router.state.location.search).toBe('');
  });

  it('keeps the order while the pointer is inside, and takes the new one when it leaves', async () => {
    const { user, client } = render(<LatencyHeatmapWidget />);
    await user.hover(await rowOf('/api/payments'));
    const other = golden('latency/summary');
    serve({ ...other, endpoints: other.endpoints.map((one) => (one.path === '/api/payments' ? { ...one, p99: 12 } : one)) });
    await client.invalidateQueries({ queryKey: ['latency'] });
    await waitFor(async () => expect((await rowsIn())[0]).toHaveTextContent('/api/payments 12 ms'.split(' ').slice(1).join(' ')));
    await user.unhover((await table()).parentElement);
    await waitFor(async () => expect((await rowsIn())[0]).toHaveTextContent('/api/search'));
  });
});

describe('refreshing', () => {
  it('I2.2.1: asks when it is drawn, for the last hour against yesterday, and every 60 seconds', async () => {
    const asked = [];
    server.use(http.get(api(path), ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(golden('latency/summary'));
    }));
    const { client } = render(<LatencyHeatmapWidget />);
    await table();
    expect(asked).toEqual(['?window_seconds=3600&sort=p99&compare=yesterday']);
    expect(latencySeconds).toBe(60);
    const { refetchInterval } = summaryQuery();
    const { state } = client.getQueryCache().find({ queryKey: ['latency', 'summary'], exact: false });
    expect(refetchInterval({ state })).toBe(60_000);
  });

  it('shows the new numbers when they come', async () => {
    const { client } = render(<LatencyHeatmapWidget />);
    await table();
    serve(summaryOf(like({ path: '/fresh', p99: 777 })));
    await client.invalidateQueries({ queryKey: ['latency'] });
    expect(await screen.findByText('777 ms')).toBeInTheDocument();
  });

  it('keeps the last numbers with their age when latency_svc stops', async () => {
    const { client } = render(<LatencyHeatmapWidget />);
    await table();
    server.use(http.get(api(path), problem(503, { title: 'Unavailable', service: 'latency_svc' })));
    vi.setSystemTime(goldenNow.getTime() + 6 * 60_000);
    await client.invalidateQueries({ queryKey: ['latency'] });
    expect(await screen.findByText(/latency_svc does not answer \(503\)/)).toHaveTextContent('Showing 14:08:20');
    expect(await rowsIn()).toHaveLength(20);
  });

  it('says what failed when there is nothing to keep, and tries again on demand', async () => {
    server.use(http.get(api(path), problem(503, { title: 'Unavailable', service: 'latency_svc', request_id: 'r-9' })));
    const { user } = render(<LatencyHeatmapWidget />);
    expect(await screen.findByText('Could not load the latencies.')).toBeInTheDocument();
    expect(screen.getByText('r-9')).toBeInTheDocument();
    server.resetHandlers();
    await user.click(screen.getByRole('button', { name: 'Try now' }));
    expect(await rowsIn()).toHaveLength(20);
  });
});
