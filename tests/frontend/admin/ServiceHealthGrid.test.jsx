import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { page } from '../../../frontend/src/lib/page.js';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { cardNames, cardOf, openPage, requestsDuring, serveBoard, serveDetail } from './healthPage.jsx';

atGoldenTime();

const services = '/admin/health/services';

describe('the grid', () => {
  it('F2.1.1: shows all services, each with a colour, a shape and a word for its status', async () => {
    const { user } = await openPage();
    await user.click(screen.getByRole('button', { name: /^Belfry/ })); // the group is all healthy, so it starts as one line
    expect(cardNames()).toHaveLength(golden('health/board').services.length);
    for (const [name, status, word] of [['ledger-db', 'down', 'Down'], ['search', 'degraded', 'Degraded'], ['identity', 'healthy', 'Healthy'], ['sms-gateway', 'unknown', 'Unknown'], ['notifications', 'maintenance', 'Maintenance']]) {
      const card = cardOf(name);
      expect(card.querySelector(`[data-shape="${status}"]`)).toHaveClass(`c-${status}`);
      expect(within(card).getByText(word)).toHaveClass('badge', status);
    }
  });

  it('I2.1.1: asks for the services when it opens', async () => {
    const seen = await requestsDuring(() => openPage());
    expect(seen).toContain(`GET ${services}`);
  });

  it('I2.1.4: puts failed services first, then degraded, unknown, maintenance, at risk and healthy, by name', async () => {
    const board = golden('health/board');
    serveBoard({ ...board, services: board.services.toReversed() });
    await openPage();
    expect(cardNames().slice(0, 9)).toEqual(['ledger-db', 'payments-api', 'search', 'sms-gateway', 'notifications', 'catalog-api', 'checkout', 'storefront', 'edge-gateway']);
  });

  it('F2.1.5: tells when it was updated and asks again every 30 seconds', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, now: goldenNow });
    await openPage();
    expect(page.get()).toMatchObject({ title: 'Health', refreshSeconds: 30 });
    expect(page.get().updatedAt).toBeGreaterThanOrEqual(goldenNow.getTime());
    const seen = await requestsDuring(() => act(() => vi.advanceTimersByTimeAsync(30_500)));
    expect(seen).toContain(`GET ${services}`);
    vi.useRealTimers();
  });

  it('R2.1.3: names the failing parts of a service that fails only partly', async () => {
    const board = golden('health/board');
    const partly = { ...board.services[2], reason: '1 of 3 checks fails', affected: ['replication-lag'] };
    serveBoard({ ...board, services: [partly] });
    const detail = golden('health/service_detail');
    const [first, second, third] = detail.last_run.components;
    const components = [{ ...first, result: 'pass' }, { ...second, result: 'pass' }, { ...third, result: 'fail', reason: 'Lag is 48 s' }];
    serveDetail({ ...detail, service: partly, last_run: { ...detail.last_run, components } });
    const { user } = await openPage('', () => screen.findByRole('button', { name: 'search' }));
    expect(cardOf('search')).toHaveTextContent('Degraded');
    expect(cardOf('search')).toHaveTextContent('1 of 3 checks fails in replication-lag');
    await user.click(screen.getByRole('button', { name: 'search' }));
    const lag = await screen.findByRole('button', { name: 'replication-lag' });
    expect(lag.closest('li')).toHaveTextContent('Lag is 48 s');
    expect(lag.closest('li')).toHaveAttribute('data-result', 'fail');
    expect(screen.getByRole('button', { name: 'connect' }).closest('li')).toHaveAttribute('data-result', 'pass');
  });

  it('shows effective status, with the reason when the own checks say otherwise, and marks what is at risk', async () => {
    await openPage();
    expect(cardOf('payments-api')).toHaveTextContent('ledger-db is down, own check healthy');
    expect(within(cardOf('storefront')).getByText('At risk, 2 causes')).toBeInTheDocument();
    expect(cardOf('storefront')).toHaveTextContent('Healthy, ledger-db and search fail further down');
    expect(within(cardOf('inventory')).getByText('Flapping')).toHaveAttribute('title', expect.stringMatching(/^changed \d+ times in/));
  });

  it('never draws an old result as healthy', async () => {
    const board = golden('health/board');
    const old = new Date(goldenNow.getTime() - 10 * 60_000).toISOString();
    serveBoard({ ...board, services: board.services.map((service) => (service.id === 'identity' ? { ...service, last_check: old } : service)) });
    await openPage();
    expect(cardOf('identity')).toHaveAttribute('data-status', 'unknown');
    expect(cardOf('identity').querySelector('[data-shape="stale"]')).toBeInTheDocument();
  });
});

describe('an open card', () => {
  it('F2.1.2: a click on a card shows its 30 days, one bar a day, with the chosen day in words', async () => {
    const { user, router } = await openPage();
    await user.click(screen.getByRole('button', { name: 'ledger-db' }));
    const bars = await screen.findByRole('slider', { name: 'Uptime of ledger-db by day, 30 days' });
    expect(bars.children).toHaveLength(30);
    expect(screen.getByRole('button', { name: 'ledger-db', expanded: true })).toBeInTheDocument();
    expect(router.state.location.search).toContain('open=ledger-db');
    bars.focus();
    await user.keyboard('{ArrowLeft}{Home}');
    expect(bars).toHaveAttribute('aria-valuetext', '25 Oct, 100 %, No outage');
  });

  it('I2.1.2: opening a card loads its history, with bars in grey meanwhile', async () => {
    let release;
    const asked = new Promise((done) => { release = done; });
    server.use(http.get(api(`${services}/:id/history`), async () => { await asked; return HttpResponse.json(golden('health/history')); }));
    const { user } = await openPage();
    const seen = await requestsDuring(async () => {
      await user.click(screen.getByRole('button', { name: 'ledger-db' }));
      expect(await screen.findByTestId('uptime-skeleton')).toBeInTheDocument();
    });
    expect(seen).toContain(`GET ${services}/ledger-db/history`);
    release();
    expect(await screen.findByRole('slider')).toBeInTheDocument();
    expect(screen.queryByTestId('uptime-skeleton')).not.toBeInTheDocument();
  });

  it('says why, since when, who is affected and where it was declared', async () => {
    await openPage('?open=ledger-db');
    const card = cardOf('ledger-db');
    expect(await within(card).findByText('Why it is down')).toBeInTheDocument();
    expect(card).toHaveTextContent('Connection refused on ledger-db.shop:5432, 3 of 3 tries since 14:02:08');
    expect(card).toHaveTextContent('Down for6 min 12 s');
    expect(card).toHaveTextContent('99.96 %');
    expect(within(card).getByRole('button', { name: 'payments-api' }).closest('li')).toHaveTextContent('requires it');
    expect(within(card).getByRole('button', { name: 'storefront' }).closest('li')).toHaveTextContent('via checkout');
    expect(card).toHaveTextContent('belfry.yaml, read only');
  });

  it('F2.1.4: "Check now" checks at once and shows the result in place', async () => {
    server.use(http.post(api(`${services}/:id/check`), async () => { await delay(50); return HttpResponse.json(golden('health/check_run')); }));
    const { user } = await openPage('?open=ledger-db');
    const seen = await requestsDuring(async () => {
      await user.click(screen.getAllByRole('button', { name: 'Check now: ledger-db' })[0]);
      expect(screen.getAllByRole('button', { name: 'Checking ledger-db' })[0]).toHaveTextContent(/^Checking, \d\.\d s$/);
      expect(await screen.findByText('Warning after 812 ms: Answered in 812 ms, degraded above 500 ms')).toBeInTheDocument();
    });
    expect(seen).toContain(`POST ${services}/ledger-db/check`);
    expect(seen).toContain(`GET ${services}`); // the board follows at once
  });

  it.each([
    [429, { 'Retry-After': '12' }, {}, 'Checked too often. Again in 12 s.'],
    [409, {}, { detail: 'Dana is checking this too' }, 'Dana is checking this too'],
    [503, {}, { service: 'health_svc' }, 'Nothing was checked: health_svc does not answer (503).'],
  ])('F2.1.4: says in words why nothing was checked (%i)', async (status, headers, members, words) => {
    server.use(http.post(api(`${services}/:id/check`), problem(status, members, headers)));
    const { user } = await openPage('?open=ledger-db');
    await user.click(screen.getAllByRole('button', { name: 'Check now: ledger-db' })[0]);
    expect(await screen.findByText(words)).toBeInTheDocument();
  });

  it('keeps "Check now" in place for a viewer, and says what it needs', async () => {
    const me = golden('auth/me');
    server.use(http.get(api('/auth/me'), () => HttpResponse.json({ ...me, user: { ...me.user, role: 'viewer' } })));
    await openPage('?open=ledger-db');
    const button = screen.getAllByRole('button', { name: 'Check now: ledger-db' })[0];
    await waitFor(() => expect(button).toHaveAttribute('aria-disabled', 'true'));
    expect(button).toHaveAccessibleDescription('Needs the operator role');
  });

  it('says so when the history does not load, and tries again', async () => {
    server.use(http.get(api(`${services}/:id/history`), problem(503, { service: 'health_svc' }), { once: true }));
    const { user } = await openPage('?open=ledger-db');
    await user.click(await screen.findByRole('button', { name: 'Try now' }));
    expect(await screen.findByRole('slider')).toBeInTheDocument();
  });
});

describe('when something is missing', () => {
  it('R2.1.2: shows the 503 of the monitoring service when there is nothing to keep', async () => {
    server.use(http.get(api(services), problem(503, { service: 'health_svc' })));
    await openPage('', () => screen.findByText('Could not load the services.'));
    expect(screen.getByText('health_svc does not answer (503).')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Try now' })).toBeInTheDocument();
  });

  it('R2.1.2: keeps the last good board with its age when the monitoring service goes down', async () => {
    const { client } = await openPage();
    server.use(http.get(api(services), problem(503, { service: 'health_svc' })));
    await act(() => client.refetchQueries({ queryKey: ['health', 'services'], exact: true }));
    expect(await screen.findByText(/health_svc does not answer \(503\)/)).toHaveTextContent(/Could not refresh. Showing 14:08:\d\d, \d+ s old/);
    expect(cardOf('ledger-db')).toHaveTextContent('Down');
  });

  it('says that checks have stopped, and draws what it knew as unknown, not as down', async () => {
    serveBoard({ ...golden('health/board'), checking: false });
    await openPage();
    expect(screen.getByRole('alert')).toHaveTextContent('Checks have stopped: no worker has answered since 14:08:19. Status below is from before.');
    expect(cardOf('ledger-db')).toHaveAttribute('data-status', 'unknown');
    expect(cardOf('notifications')).toHaveAttribute('data-status', 'maintenance');
  });

  it('shows what is wrong in the configuration file, and that the last good one stands', async () => {
    const board = golden('health/board');
    serveBoard({ ...board, config: { ...board.config, errors: ['belfry.yaml:14: checks[0].url: must start with https://'] } });
    await openPage();
    expect(screen.getByText(/belfry.yaml was not taken over: 1 mistake/)).toBeInTheDocument();
    expect(screen.getByText('belfry.yaml:14: checks[0].url: must start with https://')).toBeInTheDocument();
  });

  it('explains the first step when only Belfry watches itself', async () => {
    const board = golden('health/board');
    serveBoard({ ...board, services: board.services.filter(({ group }) => group === 'Belfry') });
    const { user, router } = await openPage('', () => screen.findByText('No service is watched yet.'));
    const empty = screen.getByText('No service is watched yet.').closest('section');
    expect(empty).toHaveTextContent('services:');
    await user.click(within(empty).getByRole('button', { name: 'Add service' }));
    expect(router.state.location.search).toContain('panel=add');
  });
});

describe('filter, views and order', () => {
  it('filters by chips and by words; chips count all services', async () => {
    const { user, router } = await openPage();
    await user.click(screen.getByRole('button', { name: 'Degraded 2' }));
    expect(cardNames()).toEqual(['payments-api', 'search']);
    await user.type(screen.getByRole('searchbox', { name: 'Filter services' }), 'kind:http pay');
    await waitFor(() => expect(cardNames()).toEqual(['payments-api']));
    expect(screen.getByRole('button', { name: 'Down 1' })).toBeInTheDocument();
    await waitFor(() => expect(router.state.location.search).toBe('?status=degraded&q=kind%3Ahttp+pay'));
  });

  it('says when nothing matches, and clears the filter', async () => {
    const { user } = await openPage('?q=group:shop+tag:none', () => screen.findByText('No service matches group:shop tag:none.'));
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    await waitFor(() => expect(cardNames()).toContain('ledger-db'));
  });

  it('shows the same services as a table that sorts by any column', async () => {
    const { user, router } = await openPage('?view=table');
    const names = () => screen.getAllByRole('rowheader').map((cell) => cell.textContent);
    expect(names()[0]).toBe('ledger-db');
    await user.click(screen.getByRole('button', { name: /^Service/ }));
    await waitFor(() => expect(names()[0]).toBe('alert_svc'));
    expect(screen.getByRole('columnheader', { name: /^Service/ })).toHaveAttribute('aria-sort', 'ascending');
    await user.click(screen.getByRole('button', { name: /^Service/ }));
    await waitFor(() => expect(names()[0]).toBe('ws_svc'));
    expect(router.state.location.search).toContain('sort=-name');
    await user.click(screen.getByRole('button', { name: 'search' }));
    expect(await screen.findByRole('button', { name: 'search', expanded: true })).toBeInTheDocument();
  });

  it('holds the order while the pointer is inside, and offers the new one', async () => {
    const { user, client } = await openPage();
    fireEvent.pointerEnter(screen.getByRole('region', { name: 'Services' }), { pointerType: 'mouse' });
    const board = golden('health/board');
    serveBoard({ ...board, services: board.services.map((service) => (service.id === 'identity' ? { ...service, status: 'down', effective: 'down' } : service)) });
    await act(() => client.refetchQueries({ queryKey: ['health', 'services'], exact: true }));
    await waitFor(() => expect(cardOf('identity')).toHaveAttribute('data-status', 'down'));
    expect(cardNames()[0]).toBe('ledger-db');
    expect(cardNames().indexOf('identity')).toBeGreaterThan(5);
    await user.click(screen.getByRole('button', { name: 'Order changed, update' }));
    expect(cardNames()[0]).toBe('identity');
  });

  it('moves by keys, opens with o and checks with c', async () => {
    const { user } = await openPage();
    screen.getByRole('button', { name: 'ledger-db' }).focus();
    await user.keyboard('{ArrowRight}');
    expect(screen.getByRole('button', { name: 'payments-api' })).toHaveFocus();
    await user.keyboard('{ArrowDown}');
    expect(screen.getByRole('button', { name: 'sms-gateway' })).toHaveFocus();
    await user.keyboard('{End}{Home}k');
    expect(screen.getByRole('button', { name: 'ledger-db' })).toHaveFocus();
    const seen = await requestsDuring(async () => {
      await user.keyboard('co');
      expect(await screen.findByRole('slider')).toBeInTheDocument();
    });
    expect(seen).toContain(`POST ${services}/ledger-db/check`);
    await user.keyboard('/');
    expect(screen.getByRole('searchbox', { name: 'Filter services' })).toHaveFocus();
  });

  it('draws only the cards near the window when there are 1,000 services', async () => {
    const board = golden('health/board');
    const many = Array.from({ length: 1000 }, (_, at) => ({ ...board.services[at % 20], id: `svc-${at}`, name: `svc-${at}`, group: `Team ${at % 20}` }));
    serveBoard({ ...board, services: many });
    const { user } = await openPage('', () => screen.findByRole('button', { name: 'svc-0' }));
    expect(screen.getByRole('button', { name: 'All 1,000' })).toBeInTheDocument();
    expect(screen.getAllByRole('article').length).toBeLessThan(120);
    await user.type(screen.getByRole('searchbox', { name: 'Filter services' }), 'svc-777');
    await waitFor(() => expect(cardNames()).toEqual(['svc-777']));
  });

  it('has nothing that axe would complain about', async () => {
    const { container } = await openPage('?open=ledger-db&selected=ledger-db');
    await screen.findByRole('slider');
    await screen.findByText('Path of ledger-db');
    expect(await axeFindings(container)).toEqual([]);
  });
});
