import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { openPage, requestsDuring, serveDetail } from './healthPage.jsx';

atGoldenTime();

const services = '/admin/health/services';
const serveRuns = (runs) => server.use(http.get(api(`${services}/:id/checks`), () => HttpResponse.json({ runs, next_cursor: null })));
const slow = golden('health/check_run');
const quick = {
  ...slow,
  id: 'run-quick',
  result: 'pass',
  reason: '',
  duration_ms: 41,
  started_at: '2026-11-23T14:00:00Z',
  components: slow.components.map((one) => ({ ...one, result: 'pass', phases: one.phases.map((phase) => ({ ...phase, duration_ms: 4 })) })),
};

/** The dialog of the search service, on two results: a slow one and a quick one before it. */
const openResults = async (search = '') => {
  serveRuns([slow, quick]);
  const page = await openPage(`?panel=results&service=search${search}`, () => screen.findByText(/asked for by hand/));
  return { ...page, dialog: screen.getByRole('dialog', { name: 'Results of search' }) };
};

it('shows phases with times, the timeout, assertions, certificate and the start of the answer', async () => {
  const { dialog } = await openResults();
  expect(within(dialog).getByRole('img', { name: /^Phases: DNS 3.1 ms, Connect 1.8 ms, TLS 9.6 ms, Request 0.2 ms, First byte 792 ms, Body 6.2 ms/ })).toBeInTheDocument();
  expect(dialog).toHaveTextContent('812 ms in all');
  expect(dialog).toHaveTextContent('timeout 5 s');
  const latency = within(dialog).getByRole('row', { name: /latency/ });
  expect(latency).toHaveTextContent('below 500 ms');
  expect(latency).toHaveTextContent('812 ms');
  expect(latency).toHaveTextContent('failed');
  expect(dialog).toHaveTextContent(/Certificate ends in \d+ d/);
  expect(dialog).toHaveTextContent('HTTP/1.1 200 OK');
  expect(await axeFindings(dialog)).toEqual([]);
});

it('compares with the last success', async () => {
  const { user, dialog } = await openResults();
  await user.click(await within(dialog).findByRole('button', { name: 'Compare with last success' }));
  expect(within(dialog).getByRole('img', { name: /^Phases of the last success: DNS 4.0 ms/ })).toBeInTheDocument();
  expect(dialog).toHaveTextContent('DNS 3.1 mswas 4.0 ms');
});

it('goes to earlier and later results by buttons and arrow keys, and the address follows', async () => {
  const { user, dialog, router } = await openResults();
  await user.click(within(dialog).getByRole('button', { name: 'Earlier result' }));
  await waitFor(() => expect(router.state.location.search).toContain('run=run-quick'));
  expect(within(dialog).getByRole('button', { name: 'Earlier result' })).toBeDisabled();
  within(dialog).getByRole('button', { name: 'Failed' }).focus();
  await user.keyboard('{ArrowRight}');
  await waitFor(() => expect(router.state.location.search).toContain(`run=${slow.id}`));
});

it('F2.1.4: checks from the dialog and shows the fresh result', async () => {
  const { user, dialog } = await openResults();
  const seen = await requestsDuring(async () => {
    await user.click(within(dialog).getByRole('button', { name: 'Check now: search' }));
    await waitFor(() => expect(within(dialog).getByRole('button', { name: 'Check now: search' })).toBeEnabled());
    expect(await within(dialog).findByText(/asked for by hand/)).toBeInTheDocument();
  });
  expect(seen).toContain(`POST ${services}/search/check`);
});

it('checks a service and its dependencies together', async () => {
  const detail = golden('health/service_detail');
  serveDetail({ ...detail, affected_by: [{ id: 'identity', name: 'identity', effective: 'healthy', at_risk: false, kind: 'required', via: [] }] });
  server.use(http.post(api(`${services}/identity/check`), problem(503, { service: 'health_svc' })));
  const { user, dialog } = await openResults();
  const seen = await requestsDuring(async () => {
    await user.click(within(dialog).getByRole('button', { name: /^Check this and its dependencies/ }));
    const list = await within(dialog).findByRole('list', { name: 'Checks of it and its dependencies' });
    await waitFor(() => expect(list).toHaveTextContent(/search.*Warning after 812 ms/));
    await waitFor(() => expect(list).toHaveTextContent('identityNothing was checked: health_svc does not answer (503).'));
  });
  expect(seen).toEqual(expect.arrayContaining([`POST ${services}/search/check`, `POST ${services}/identity/check`]));
});

it('closes with Escape and keeps what is selected', async () => {
  const { user, router } = await openResults('&selected=search');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(router.state.location.search).toBe('?selected=search'));
});

it('shows only what failed when asked', async () => {
  const { user, dialog } = await openResults();
  serveRuns([]);
  await user.click(within(dialog).getByRole('button', { name: 'Failed' }));
  expect(await within(dialog).findByText('No result yet.')).toBeInTheDocument();
});

it('says so when the results do not load', async () => {
  server.use(http.get(api(`${services}/:id/checks`), problem(503, { service: 'health_svc' })));
  await openPage('?panel=results&service=search', () => screen.findByText('Could not load the results.'));
  expect(screen.getByText('health_svc does not answer (503).')).toBeInTheDocument();
});

it('opens a day: uptime, outages, what failed then, and the way to a result', async () => {
  const failed = { ...slow, id: 'run-failed', result: 'fail', started_at: '2026-11-23T14:02:12Z', reason: 'Connection refused', affected: ['connect'] };
  server.use(
    http.get(api(`${services}/:id/checks`), ({ request }) => {
      const only = new URL(request.url).searchParams.get('result');
      return HttpResponse.json({ runs: only === 'warn' ? [] : [failed], next_cursor: null });
    }),
  );
  const { user, router } = await openPage('?open=ledger-db', () => screen.findByRole('slider'));
  await user.click(screen.getByRole('button', { name: 'Open day 23 Nov' }));
  const dialog = await screen.findByRole('dialog', { name: 'ledger-db on 23 Nov' });
  expect(router.state.location.search).toContain('day=2026-11-23');
  expect(await within(dialog).findByText('1 result that failed or warned')).toBeInTheDocument();
  expect(dialog).toHaveTextContent('1 outage, 6 min 12 s');
  expect(dialog).toHaveTextContent('connect: Connection refused');
  await user.click(within(dialog).getByRole('button', { name: '14:02:12' }));
  expect(await screen.findByRole('dialog', { name: 'Results of ledger-db' })).toBeInTheDocument();
});
