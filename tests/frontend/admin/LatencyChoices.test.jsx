import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { LatencyPage } from '../../../frontend/src/pages/admin/LatencyPage.jsx';
import { UserContext } from '../../../frontend/src/hooks/useUser.js';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

atGoldenTime();

const summary = '/admin/latency/summary';
const stored = 'belfry.watched.ana';
const payments = 'POST payments-api /api/payments';
const grid = () => screen.findByRole('grid', { name: 'Latency by endpoint' });
const openPage = async (search = '', ready = grid) => {
  const page = render(<UserContext value={{ name: 'ana' }}><LatencyPage /></UserContext>, { path: `/admin/latency${search}` });
  await ready();
  return page;
};
const searchOf = ({ router }) => decodeURIComponent(router.state.location.search);
const rowButtons = () => screen.getAllByRole('button').filter((button) => button.dataset.cell?.endsWith(':0'));
const rowButton = (name) => rowButtons().find((button) => button.textContent.includes(name));
const readout = () => document.querySelector('thead tr[aria-hidden]');
const chosen = async () => [(await grid()).style.getPropertyValue('--first'), (await grid()).style.getPropertyValue('--end')];

/** Notes what the summary is asked for, and answers those endpoints. */
const askedFor = () => {
  const asked = [];
  server.use(http.get(api(summary), ({ request }) => {
    const query = new URL(request.url).searchParams;
    asked.push(query);
    const answer = golden('latency/summary');
    const wanted = query.get('endpoints')?.split('\n');
    return HttpResponse.json({ ...answer, endpoints: answer.endpoints.filter(({ method, service, path }) => !wanted || wanted.includes(`${method} ${service} ${path}`)) });
  }));
  return asked;
};

/** 24 hours, 10 px each, in the row of payments. */
const strip = () => {
  const element = rowButton('/api/payments').closest('tr').querySelector('[data-strip]');
  element.getBoundingClientRect = () => ({ left: 100, width: 240 });
  return element;
};

describe('hours', () => {
  it('are chosen by dragging over them: they become the range, and the row stays closed', async () => {
    const asked = askedFor();
    const page = await openPage();
    const cells = strip();
    fireEvent.pointerDown(cells.children[12], { clientX: 221, button: 0 });
    fireEvent.pointerMove(cells, { clientX: 181 });
    expect(readout()).toHaveTextContent('Sun 22 Nov, 23:00 to 04:00 Let go, or press Enter, to look at these hours alone; Esc leaves them.');
    expect(await chosen()).toEqual(['8', '13']);
    fireEvent.pointerUp(cells);
    fireEvent.click(cells.children[8]);
    await waitFor(() => expect(searchOf(page)).toBe('?from=2026-11-22T23:00Z&to=2026-11-23T04:00Z'));
    await waitFor(() => expect([asked.at(-1).get('window_seconds'), asked.at(-1).get('to_at')]).toEqual(['18000', '2026-11-23T04:00:00.000Z']));
    const chip = screen.getByRole('button', { name: 'Sun 22 Nov, 23:00 to 04:00, leave these hours' });
    expect(screen.getByRole('button', { name: '1 h' })).toHaveAttribute('aria-pressed', 'false');
    expect(await axeFindings()).toEqual([]);
    await page.user.click(chip);
    expect(searchOf(page)).toBe('');
    expect(await chosen()).toEqual(['', '']);
  });

  it('are chosen with Shift and the arrows, and left with Escape', async () => {
    const page = await openPage('?range=24h');
    rowButton('/api/payments').focus();
    await page.user.keyboard('{End}{Shift>}{ArrowLeft}{ArrowLeft}{/Shift}');
    expect(readout()).toHaveTextContent(/^12:00 to 15:00 Let go/);
    await page.user.keyboard('{Escape}');
    expect(readout()).toHaveTextContent(/^POST \/api\/payments 12:00 to 13:00: P50/);
    await page.user.keyboard('{Shift>}{ArrowRight}{/Shift}{Enter}');
    expect(searchOf(page)).toBe('?range=24h&from=2026-11-23T12:00Z&to=2026-11-23T14:00Z');
    await page.user.keyboard('{Enter}');
    await waitFor(() => expect(searchOf(page)).toContain('open=POST+payments-api'));
  });

  it('a press on one cell opens its row; on the clock it chooses that hour', async () => {
    const page = await openPage();
    const cells = strip();
    fireEvent.pointerDown(cells.children[3], { clientX: 131, button: 0 });
    fireEvent.pointerUp(cells);
    fireEvent.click(cells.children[3]);
    await waitFor(() => expect(searchOf(page)).toBe(`?open=${payments.replaceAll(' ', '+')}`));
    const axis = document.querySelector('[data-pick]');
    axis.getBoundingClientRect = () => ({ left: 0, width: 240 });
    fireEvent.pointerDown(axis, { clientX: 31, button: 0 });
    fireEvent.pointerUp(axis);
    await waitFor(() => expect(searchOf(page)).toContain('&from=2026-11-22T18:00Z&to=2026-11-22T19:00Z'));
  });

  it('are there in the open row of a phone, with the numbers the table has no room for', async () => {
    vi.spyOn(window, 'matchMedia').mockImplementation((media) => ({ matches: media === '(max-width: 720px)', media, addEventListener() {}, removeEventListener() {} }));
    const page = await openPage(`?open=${payments}`);
    const hours = await screen.findByRole('region', { name: 'P99 by hour' });
    const cells = hours.querySelectorAll('[data-strip]')[1];
    for (const element of [cells, cells.parentElement]) element.getBoundingClientRect = () => ({ left: 0, width: 240 });
    fireEvent.pointerDown(cells, { clientX: 5, button: 0 });
    expect(hours).toHaveTextContent('15:00 to 16:00: P50');
    fireEvent.pointerMove(cells, { clientX: 35 });
    fireEvent.pointerUp(cells);
    await waitFor(() => expect(searchOf(page)).toContain('from=2026-11-22T15:00Z&to=2026-11-22T19:00Z'));
    const facts = within(screen.getByRole('complementary', { name: 'Facts' }));
    expect(facts.getByText('P50').nextSibling).toHaveTextContent('268 ms');
    await page.user.click(facts.getByRole('button', { name: 'Watch' }));
    expect(JSON.parse(localStorage.getItem(stored))).toEqual([payments]);
  });
});

describe('watched endpoints', () => {
  it('are starred, kept for the person, and listed by themselves', async () => {
    const asked = askedFor();
    const page = await openPage();
    await page.user.click(screen.getByRole('button', { name: 'Watch POST /api/payments of payments-api' }));
    rowButton('/api/search').focus();
    await page.user.keyboard('w');
    expect(JSON.parse(localStorage.getItem(stored))).toEqual([payments, 'GET search /api/search']);
    await page.user.click(screen.getByRole('button', { name: 'Watched 2' }));
    await waitFor(() => expect(rowButtons()).toHaveLength(2));
    expect(asked.at(-1).get('endpoints')).toBe(`${payments}\nGET search /api/search`);
    expect(screen.getByText('P50, watched')).toBeInTheDocument();
    await page.user.click(screen.getByRole('button', { name: 'Watch GET /api/search of search', pressed: true }));
    expect(rowButtons()).toHaveLength(2); // not torn away from under the pointer
    expect(screen.getByRole('button', { name: 'Watched 1' })).toBeInTheDocument();
    await page.user.click(screen.getByRole('button', { name: 'Top 20' }));
    await page.user.click(screen.getByRole('button', { name: 'Watched 1' }));
    await waitFor(() => expect(rowButtons()).toHaveLength(1));
    expect(await axeFindings()).toEqual([]);
  });

  it('can be none yet', async () => {
    localStorage.setItem(stored, 'not json');
    const page = await openPage('?scope=watched', () => screen.findByText('No endpoint is watched yet.'));
    await page.user.click(screen.getByRole('button', { name: 'Show the top 20' }));
    expect(await grid()).toBeInTheDocument();
    expect(searchOf(page)).toBe('');
  });

  it('go with a copied link, and may be taken over', async () => {
    localStorage.setItem(stored, JSON.stringify([payments]));
    const page = await openPage('?scope=watched&watch=GET+search+/api/search');
    expect(rowButtons().map((button) => button.textContent)).toEqual(['GET/api/search']);
    await page.user.click(screen.getByRole('button', { name: 'More about this table' }));
    await page.user.click(await screen.findByRole('menuitem', { name: 'Copy link' }));
    expect(await screen.findByRole('menuitem', { name: 'Copied' })).toBeInTheDocument();
    expect(new URL(await navigator.clipboard.readText()).searchParams.getAll('watch')).toEqual(['GET search /api/search']);
    await page.user.click(screen.getByRole('menuitem', { name: 'Copy as CSV' }));
    await waitFor(async () => expect(await navigator.clipboard.readText()).toMatch(/^service,method,path,p50,.*\r\nsearch,GET,\/api\/search,214,812,1640,188204,/));
    await page.user.keyboard('{Escape}');
    await page.user.click(await screen.findByRole('button', { name: 'Watch them too' }));
    expect(JSON.parse(localStorage.getItem(stored))).toEqual([payments, 'GET search /api/search']);
    await waitFor(() => expect(searchOf(page)).toBe('?scope=watched'));
  });

  it('are not more than can be asked for', async () => {
    localStorage.setItem(stored, JSON.stringify(Array.from({ length: 60 }, (_, n) => `GET shop /a-route-with-a-long-name/${n}`)));
    const { user } = await openPage();
    await user.click(screen.getByRole('button', { name: 'Watch POST /api/payments of payments-api' }));
    expect(await screen.findByText('There is no room for more than these 60 watched endpoints. Take one of them off.')).toBeInTheDocument();
    expect(JSON.parse(localStorage.getItem(stored))).toHaveLength(60);
  });
});

describe('a quiet service', () => {
  it('is told to go on under another name', async () => {
    const known = golden('latency/endpoints');
    const [first] = known.endpoints;
    const until = first.count_by_hour.map((_, hour) => (hour < 12 ? 500 : 0));
    const endpoints = [{ ...first, service: 'old', count_by_hour: until }, { ...first, service: 'new', count_by_hour: until.map((count) => 500 - count) }];
    server.use(
      http.get(api(summary), () => HttpResponse.json({ ...golden('latency/summary'), endpoints: [], total_endpoints: 0, total_count: 0 })),
      http.get(api('/admin/latency/endpoints'), () => HttpResponse.json({ endpoints, next_cursor: null })),
    );
    const page = await openPage('?service=old', () => screen.findByText(/it seems that the service was renamed/));
    await page.user.click(screen.getByRole('button', { name: 'Look at new' }));
    expect(searchOf(page)).toBe('?service=new');
  });
});
