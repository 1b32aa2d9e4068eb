import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UptimeSparkline } from '../../../frontend/src/components/charts/UptimeSparkline.jsx';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';
import { cardOf, openPage, serveBoard } from './healthPage.jsx';

atGoldenTime();

const { days } = golden('health/history');

const drawDays = (shown = days) => {
  const onOpenDay = vi.fn();
  const page = render(<UptimeSparkline name="ledger-db" days={shown} onOpenDay={onOpenDay} />);
  const bars = screen.getByRole('slider');
  bars.getBoundingClientRect = () => ({ left: 0, width: 300, top: 0, bottom: 34, right: 300, height: 34 });
  return { ...page, bars, onOpenDay, readout: () => bars.nextSibling.textContent };
};

it('F2.1.2: tells the day under the pointer, and goes back to the chosen one', () => {
  const { bars, readout } = drawDays();
  expect(readout()).toContain('Today');
  fireEvent.pointerMove(bars, { clientX: 185 });
  expect(readout()).toContain('12 Nov');
  fireEvent.pointerLeave(bars);
  expect(readout()).toContain('Today');
  fireEvent.click(bars, { clientX: 5 });
  expect(readout()).toContain('25 Oct100 %No outage');
});

it('F2.1.2: moves by day and week, and opens a day', async () => {
  const { bars, user, onOpenDay } = drawDays();
  bars.focus();
  await user.keyboard('{PageDown}{PageDown}{ArrowUp}{ArrowRight}{ArrowLeft}{ArrowDown}{PageUp}');
  expect(bars).toHaveAttribute('aria-valuenow', '23');
  await user.keyboard('{Home}{ArrowLeft}{Enter}');
  expect(onOpenDay).toHaveBeenCalledWith('2026-10-25');
  await user.keyboard('{End}');
  expect(bars).toHaveAttribute('aria-valuenow', '30');
});

it('F2.1.2: is a table, too', async () => {
  const { user, onOpenDay } = drawDays();
  await user.click(screen.getByRole('button', { name: 'as table' }));
  const rows = within(screen.getByRole('region', { name: 'Uptime of ledger-db by day, as a table' })).getAllByRole('row');
  expect(rows).toHaveLength(31);
  expect(rows[1]).toHaveTextContent('23 NovDown99.26 %1 outage, 6 min 12 s');
  await user.click(within(rows[1]).getByRole('button'));
  expect(onOpenDay).toHaveBeenCalledWith('2026-11-23');
});

it('says how many days a new service has', () => {
  const none = { worst: 'no_data', uptime_pct: null, coverage_pct: 0 };
  drawDays(days.map((day, at) => (at < 23 ? { ...day, ...none } : day)));
  expect(screen.getByRole('slider', { name: 'Uptime of ledger-db by day, 7 of 30 days' })).toBeInTheDocument();
});

it.each([
  ['connect: 10.0.0.1:59999 refused the connection. Something answers on the host', 'connect: 10.0.0.1:59999 refused the connection since 14:02:08. Something answers on the host'],
  ['No answer within 5 s', 'No answer within 5 s at 10.4.2.18:5432 since 14:02:08'],
])('says what is wrong, where and since when: %s', async (reason, words) => {
  const board = golden('health/board');
  serveBoard({ ...board, services: board.services.map((service) => (service.id === 'ledger-db' ? { ...service, reason } : service)) });
  await openPage('?open=ledger-db');
  await waitFor(() => expect(cardOf('ledger-db')).toHaveTextContent(words));
});

it('leads to the incident of its alert', async () => {
  await openPage('?open=ledger-db', () => screen.findByRole('slider'));
  expect(await within(cardOf('ledger-db')).findByRole('link', { name: 'Incident 2041' })).toHaveAttribute('href', '/admin/incidents/2041');
});

it('leads on from the card: to who is affected, to the results, to the day of the incident that no alert tells of', async () => {
  server.use(http.get(api('/admin/alerts/incidents'), () => HttpResponse.json({ incidents: [], counts: {}, next_cursor: null })));
  const { user, router } = await openPage('?open=ledger-db', () => screen.findByRole('slider'));
  const card = cardOf('ledger-db');
  await user.click(within(card).getByRole('button', { name: 'payments-api' }));
  await waitFor(() => expect(router.state.location.search).toBe('?open=ledger-db%2Cpayments-api&selected=payments-api'));
  await user.click(within(card).getByRole('button', { name: 'Incident 2041' }));
  await waitFor(() => expect(router.state.location.search).toContain('panel=day&service=ledger-db&day=2026-11-23'));
  await user.keyboard('{Escape}');
  await user.click(within(card).getByRole('button', { name: 'All results' }));
  await waitFor(() => expect(router.state.location.search).toContain('panel=results'));
});

it('closes again, and forgets what was selected', async () => {
  const { user, router } = await openPage('?open=search&selected=search');
  await user.click(screen.getByRole('button', { name: 'search', expanded: true }));
  await waitFor(() => expect(router.state.location.search).toBe(''));
});

describe.each([
  ['Edit service', 'panel=edit'],
  ['Show in graph', 'selected=search'],
  ['All results', 'panel=results'],
  ['Delete service', 'panel=remove'],
])('the menu of a card', (item, address) => {
  it(`has "${item}"`, async () => {
    const { user, router } = await openPage('?open=search');
    await user.click(screen.getByRole('button', { name: 'More about search' }));
    await user.click(await screen.findByRole('menuitem', { name: item }));
    await waitFor(() => expect(router.state.location.search).toContain(address));
  });
});

it('copies a link to a service, and does not delete what stands in the file', async () => {
  const { user } = await openPage('?open=ledger-db');
  const write = vi.spyOn(navigator.clipboard, 'writeText');
  await user.click(screen.getByRole('button', { name: 'More about ledger-db' }));
  expect(await screen.findByRole('menuitem', { name: 'Delete service, read only' })).toBeDisabled();
  await user.click(screen.getByRole('menuitem', { name: 'Copy link' }));
  expect(write).toHaveBeenCalledWith('http://belfry.test/admin/health?open=ledger-db&selected=ledger-db');
});

describe('1,000 services', () => {
  beforeEach(() => {
    const board = golden('health/board');
    serveBoard({ ...board, services: Array.from({ length: 1000 }, (_, at) => ({ ...board.services[at % 20], id: `svc-${at}`, name: `svc-${at}` })) });
  });

  it('are a table of which only the rows near the window are drawn', async () => {
    await openPage('?view=table', () => screen.findByRole('table', { name: 'Services' }));
    expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '1001');
    expect((await screen.findAllByRole('rowheader')).length).toBeLessThan(120);
  });
});
