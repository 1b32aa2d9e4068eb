import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { axeFindings } from '../../test/axe.js';
import { atGoldenTime } from '../../test/clock.js';
import { golden, goldenNow } from '../../test/golden.js';
import { api, problem } from '../../test/handlers.js';
import { renderApp } from '../../test/renderApp.jsx';
import { server } from '../../test/server.js';

atGoldenTime();

const serve = (board) => server.use(http.get(api('/admin/health/services'), () => HttpResponse.json(board)));
const nothingFires = () => server.use(http.get(api('/admin/alerts/incidents'), () => HttpResponse.json({ incidents: [], counts: {}, next_cursor: null })));
const allFine = (service) => ({ ...service, status: 'healthy', effective: 'healthy', overlays: [], at_risk: false, root_causes: [], last_check: goldenNow.toISOString() });

it('opens with what is broken, why, since when and who suffers', async () => {
  renderApp();
  const verdict = await screen.findByRole('region', { name: 'ledger-db is down' });
  expect(verdict).toHaveTextContent('Connection refused on ledger-db.shop:5432');
  expect(verdict).toHaveTextContent('Root cause for 3 services: payments-api is degraded, checkout and storefront are at risk.');
  expect(verdict).toHaveTextContent('(6 min 12 s)');
  expect(await within(verdict).findByRole('link', { name: 'Open incident' })).toHaveAttribute('href', '/admin/incidents/2041');
  expect(await screen.findByRole('heading', { level: 1, name: 'Dashboard' })).toBeInTheDocument();
});

it('shows every service in a cell, failing first, and Belfry in one line', async () => {
  renderApp();
  const services = await screen.findByRole('region', { name: 'Services' });
  const names = within(services).getAllByRole('link').map((link) => link.textContent);
  expect(names.slice(1, 4)).toEqual(['ledger-db Down, down 6 min', 'payments-api Degraded, because of ledger-db', 'search Degraded, Answered in 812 ms']);
  expect(within(services).getByRole('link', { name: /storefront/ })).toHaveTextContent('at risk, 2 causes');
  expect(within(services).getByRole('link', { name: /Belfry itself/ })).toHaveTextContent('8 of 8 healthy');
  expect(within(services).queryByText('health_svc')).not.toBeInTheDocument();
});

it('says in one line that all is well', async () => {
  nothingFires();
  const board = golden('health/board');
  serve({ ...board, services: board.services.map(allFine) });
  renderApp();
  expect(await screen.findByRole('heading', { name: 'All 20 services are healthy' })).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /Check now/ })).not.toBeInTheDocument();
});

it('folds healthy services when there are many', async () => {
  const board = golden('health/board');
  const many = Array.from({ length: 60 }, (_, at) => ({ ...allFine(board.services[5]), id: `svc-${at}`, name: `svc-${at}` }));
  serve({ ...board, services: [...many, board.services[0]] });
  renderApp();
  const fold = await screen.findByRole('link', { name: /60 healthy/ });
  expect(fold).toHaveAttribute('href', '/admin/health?status=healthy');
  expect(screen.queryByText('svc-7')).not.toBeInTheDocument();
});

it('explains the first step when nothing is watched', async () => {
  const board = golden('health/board');
  serve({ ...board, services: board.services.filter(({ group }) => group === 'Belfry') });
  renderApp();
  expect(await screen.findByText('No service is watched yet.')).toBeInTheDocument();
  expect(screen.getByText(/kind: http/)).toBeInTheDocument();
  expect(screen.queryByRole('heading', { name: /services are healthy/ })).not.toBeInTheDocument();
});

it('F2.1.4: checks now and tells the result in place', async () => {
  server.use(http.post(api('/admin/health/services/ledger-db/check'), () => HttpResponse.json({ ...golden('health/check_run'), result: 'pass', duration_ms: 41 })));
  const { user } = renderApp();
  await user.click(await screen.findByRole('button', { name: 'Check now: ledger-db' }));
  expect(await screen.findByText('Passed in 41 ms')).toBeInTheDocument();
});

it('tells a viewer which role the check needs', async () => {
  const me = golden('auth/me');
  let checked = false;
  server.use(
    http.get(api('/auth/me'), () => HttpResponse.json({ ...me, user: { ...me.user, role: 'viewer' } })),
    http.post(api('/admin/health/services/:id/check'), () => {
      checked = true;
      return HttpResponse.json({});
    }),
  );
  const { user } = renderApp();
  const button = await screen.findByRole('button', { name: 'Check now: ledger-db' });
  expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(button).toHaveAccessibleDescription('Needs the operator role');
  await user.click(button);
  expect(checked).toBe(false);
});

it('lists what fires, the worst first, and how much is held back', async () => {
  renderApp();
  const firing = await screen.findByRole('region', { name: 'Firing' });
  const rows = await within(firing).findAllByRole('listitem');
  expect(rows.map((row) => row.textContent)).toEqual([
    'Checkout p99 over 500 ms criticalPOST /api/checkout, 655 ms4 minAck',
    'Service down criticalledger-db4 minAck',
    'Search p95 over 500 ms warningGET /api/search, 812 ms31 minAcked by dana',
  ]);
  expect(within(firing).getByRole('link', { name: '1 alert held back while ledger-db is failing.' })).toHaveAttribute('href', '/admin/incidents?held=1');
});

it('acknowledges where it stands, and tells who was faster', async () => {
  server.use(http.post(api('/admin/alerts/incidents/2041/acknowledge'), problem(409, { title: 'Conflict', detail: 'dana has acknowledged it already', acknowledged_by: 'dana' })));
  const { user } = renderApp();
  await user.click(await screen.findByRole('button', { name: 'Ack Service down: ledger-db' }));
  expect(await screen.findByRole('alert')).toHaveTextContent(/^dana was faster/);
});

it('shows the latencies although the services do not load', async () => {
  server.use(http.get(api('/admin/health/services'), problem(503, { title: 'Unavailable', service: 'health_svc' })));
  renderApp();
  const latency = await screen.findByRole('region', { name: 'Latency' });
  expect(await within(latency).findByRole('link', { name: /POST\s*\/api\/payments/ })).toBeInTheDocument();
  expect(await screen.findByText('Could not load the services.')).toBeInTheDocument();
});

it('lists running maintenance before what is planned', async () => {
  renderApp();
  const card = await screen.findByRole('region', { name: 'Maintenance' });
  const items = await within(card).findAllByRole('listitem');
  expect(items[0]).toHaveTextContent('SMTP upgradeRunning on notificationsuntil');
});

it('keeps the last board with its age when health_svc stops, and tries again at once on demand', async () => {
  const { user, client } = renderApp();
  await screen.findByRole('region', { name: 'ledger-db is down' });
  server.use(http.get(api('/admin/health/services'), problem(503, { title: 'Unavailable', service: 'health_svc' })));
  vi.setSystemTime(goldenNow.getTime() + 6 * 60_000);
  await client.invalidateQueries({ queryKey: ['health', 'services'] });
  const note = await screen.findByText(/health_svc does not answer \(503\)/);
  await vi.waitFor(() => expect(note).toHaveTextContent('Showing 14:08:20, 6 min old.'), 3000);
  server.resetHandlers();
  await user.click(screen.getByRole('button', { name: 'Try now' }));
  await vi.waitFor(() => expect(screen.queryByText(/Could not refresh/)).not.toBeInTheDocument());
});

it('says what failed, with the request id, when there is nothing to keep', async () => {
  server.use(http.get(api('/admin/health/services'), problem(503, { title: 'Unavailable', service: 'health_svc', request_id: 'r-77' })));
  renderApp();
  expect(await screen.findByText('Could not load the services.')).toBeInTheDocument();
  expect(screen.getByText('r-77')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Copy details' })).toBeInTheDocument();
});

it('counts down when too many checks were asked for', async () => {
  server.use(http.post(api('/admin/health/services/:id/check'), problem(429, { title: 'Too many requests', retry_after_seconds: 7 })));
  const { user } = renderApp();
  await user.click(await screen.findByRole('button', { name: 'Check now: ledger-db' }));
  expect(await screen.findByText('Again in 7 s')).toBeInTheDocument();
});

it('tells what is wrong with belfry.yaml', async () => {
  const board = golden('health/board');
  serve({ ...board, config: { ...board.config, errors: ['belfry.yaml:12: checks[0].url: must start with http'] } });
  renderApp();
  expect(await screen.findByText(/was not taken over: 1 mistake/)).toBeInTheDocument();
});

it('keeps the order of the cells while the pointer is among them', async () => {
  const { user, client } = renderApp();
  const first = await screen.findByRole('link', { name: /^ledger-db Down/ });
  await user.hover(first);
  const board = golden('health/board');
  board.services.find(({ id }) => id === 'ledger-db').effective = 'healthy';
  serve(board);
  await client.invalidateQueries({ queryKey: ['health', 'services'] });
  const healed = await screen.findByRole('link', { name: /^ledger-db Healthy/ });
  expect(healed.parentElement.firstElementChild).toBe(healed);
  await user.unhover(healed);
  await vi.waitFor(() => expect(screen.getByRole('link', { name: /^ledger-db Healthy/ }).parentElement.firstElementChild).toHaveTextContent('payments-api'));
});

it('hangs on a wall without navigation and controls', async () => {
  renderApp('/admin?tv=1');
  await screen.findByRole('region', { name: 'ledger-db is down' });
  expect(screen.queryByRole('navigation', { name: 'Main' })).not.toBeInTheDocument();
  expect(await screen.findByRole('heading', { level: 1, name: 'Dashboard' })).toBeInTheDocument();
});

it('never draws a service green whose last result is too old', async () => {
  const board = golden('health/board');
  const service = { ...allFine(board.services[5]), last_check: '2026-11-23T14:00:00Z' };
  nothingFires();
  serve({ ...board, services: [service] });
  renderApp();
  expect(await screen.findByRole('heading', { name: 'catalog-api is unknown' })).toBeInTheDocument();
});

it('has no accessibility findings', async () => {
  renderApp();
  await screen.findByRole('region', { name: 'ledger-db is down' });
  await screen.findByText('SMTP upgrade');
  expect(await axeFindings()).toEqual([]);
});
