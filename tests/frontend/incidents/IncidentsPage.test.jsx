import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { gatewayChannel } from '../../../frontend/src/test/channel.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { renderApp } from '../../../frontend/src/test/renderApp.jsx';
import { server } from '../../../frontend/src/test/server.js';

atGoldenTime();

const root = '/admin/alerts/incidents';
const answer = golden('alerts/incidents');
const detailOf = (changes = {}, more = {}) => {
  const detail = golden('alerts/incident');
  return { ...detail, ...more, incident: { ...detail.incident, ...changes } };
};

/** The list as the server filters it; notes what was asked for. */
const serveList = (incidents = answer.incidents) => {
  const asked = [];
  server.use(http.get(api(root), ({ request }) => {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    asked.push(query);
    const wanted = (one) => (query.held !== 'without' || !one.hold) && (!query.severity || one.severity === query.severity) && (query.state !== 'resolved' || one.resolved_at);
    return HttpResponse.json({ ...answer, incidents: incidents.filter(wanted) });
  }));
  return asked;
};

const serveDetail = (detail) => server.use(http.get(api(`${root}/:id`), () => HttpResponse.json(detail)));

/** Notes what is posted, as `[action, body]`. */
const posted = (action, reply = () => HttpResponse.json(golden('alerts/incident'))) => {
  const seen = [];
  server.use(http.post(api(`${root}/:id/${action}`), async ({ request, params }) => {
    seen.push([params.id, (await request.text()) || null]);
    return reply();
  }));
  return seen;
};

const openIncident = async (path = '/admin/incidents/2041') => {
  const page = renderApp(path);
  await screen.findByRole('heading', { level: 2, name: 'Service down: ledger-db' });
  return page;
};
const timeline = () => within(screen.getByRole('region', { name: 'Timeline' }));
const asViewer = () => {
  const me = golden('auth/me');
  server.use(http.get(api('/auth/me'), () => HttpResponse.json({ ...me, user: { ...me.user, role: 'viewer' } })));
};

describe('the list', () => {
  it('draws of 500 open ones what is near the window, and folds those that share a cause', async () => {
    const like = answer.incidents.find(({ resolved_at: at }) => !at);
    const many = Array.from({ length: 500 }, (_, at) => ({ ...like, id: `${9000 - at}`, rule_name: at < 300 ? `Rule ${at}` : like.rule_name, object: `object ${at}`, likely_cause: at < 300 ? '' : 'ledger-db is down', hold: null }));
    serveList(many);
    const { user } = renderApp('/admin/incidents/2041');
    const list = await screen.findByRole('region', { name: 'Incidents' });
    expect(await within(list).findByText('Rule 0')).toBeInTheDocument();
    expect(list.querySelectorAll('[data-incident]').length).toBeLessThan(60);
    await user.keyboard('j');
    expect(await axeFindings()).toEqual([]);
  });

  it('opens with the worst, without what is held back, and says so in the address', async () => {
    serveList();
    const { router } = renderApp('/admin/incidents');
    await waitFor(() => expect(router.state.location.pathname).toBe('/admin/incidents/2042'));
    const list = within(await screen.findByRole('region', { name: 'Incidents' }));
    expect((await list.findAllByRole('link')).map((link) => link.dataset.incident)).toEqual(['2042', '2041', '2039', '1987']);
    expect((await list.findByRole('link', { current: true })).dataset.incident).toBe('2042');
    expect(list.getByRole('heading', { name: 'Resolved Thu 12 Nov' })).toBeInTheDocument();
  });

  it('keeps its filters in the address, and j and k go through it', async () => {
    const asked = serveList();
    const { user, router } = await openIncident();
    await user.click(screen.getByRole('button', { name: 'Held back 1' }));
    await waitFor(() => expect(router.state.location.search).toBe('?held=1'));
    await waitFor(() => expect(document.querySelector('[data-incident="2043"]')).toBeInTheDocument());
    await user.keyboard('j');
    await waitFor(() => expect(router.state.location.pathname).toBe('/admin/incidents/2043'));
    await user.keyboard('k');
    await waitFor(() => expect(router.state.location.pathname).toBe('/admin/incidents/2041'));
    await user.click(screen.getByRole('button', { name: 'Resolved' }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ state: 'resolved', held: 'with' }));
  });

  it('says what matches nothing, and clears the filters', async () => {
    serveList([]);
    const { user, router } = renderApp('/admin/incidents?severity=info&service=search');
    expect(await screen.findByText('No incident matches info, service search.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    expect(await screen.findByText('Nothing has fired yet.')).toBeInTheDocument();
    expect(router.state.location.search).toBe('');
  });

  it('keeps what it showed when alert_svc stops, and says what failed when it never came', async () => {
    serveList();
    const { client } = await openIncident();
    await waitFor(() => expect(document.querySelector('[data-incident="2041"]')).toBeInTheDocument());
    const gone = problem(503, { title: 'Unavailable', service: 'alert_svc', request_id: 'r-9' });
    server.use(http.get(api(root), gone), http.get(api(`${root}/:id`), gone));
    await client.invalidateQueries({ queryKey: ['alerts', 'incidents'] });
    expect((await screen.findAllByText(/alert_svc does not answer \(503\)/)).length).toBe(2);
    expect(document.querySelector('[data-incident="2041"]')).toBeInTheDocument();
    server.resetHandlers();
    server.use(http.get(api(`${root}/:id`), problem(404, { title: 'Not found', detail: 'There is no incident 7' })));
    client.clear();
    renderApp('/admin/incidents/7');
    expect(await screen.findByText('Could not load incident 7.')).toBeInTheDocument();
  });
});

describe('one incident', () => {
  it('tells what happened, newest first, and before all what comes next', async () => {
    await openIncident();
    const entries = timeline().getAllByRole('listitem').filter((item) => item.querySelector(':scope > div'));
    expect(entries[0]).toHaveTextContent(/14:12:08Next: tell Lead in 3 min 48 sPage nowStep 2 of 3 of On-call/);
    expect(entries[1]).toHaveTextContent('14:05:02dana commentedHost lost its disk');
    expect(timeline().getByRole('link', { name: 'Payments error rate: payments-api' })).toHaveAttribute('href', '/admin/incidents/2043');
    const messages = within(timeline().getByRole('list', { name: 'Messages' }));
    expect(messages.getByText(/421 Try again later. 552 The mailbox is full. Ask the owner/)).toBeInTheDocument();
    expect(messages.getByText(/^Possibly sent twice/)).toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);
  });

  it('tells who is told when, what else it hits, the metric, and when it was before', async () => {
    const { user } = await openIncident();
    const side = within(screen.getByRole('complementary', { name: 'About the incident' }));
    expect(within(side.getByRole('region', { name: /^Escalation/ })).getAllByRole('listitem').map((item) => item.textContent)).toEqual(['On-call: 3 channels told14:03', 'Lead: sms-lead next3:48', 'Everyone: email-everyone later+20 min']);
    expect(within(side.getByRole('region', { name: 'Impact' })).getAllByRole('link').map((link) => link.textContent)).toEqual(['ledger-dbroot cause', 'payments-apidegraded', 'checkoutat risk']);
    expect(within(side.getByRole('region', { name: 'Earlier' })).getByRole('link')).toHaveAttribute('href', '/admin/incidents/1987');
    const around = within(await side.findByRole('region', { name: /around the start/ }));
    expect(around.getByRole('img')).toHaveAccessibleName(/^health.status of ledger-db, 45 minutes/);
    await user.click(around.getByRole('button', { name: 'As table' }));
    expect(around.getAllByRole('row').length).toBe(46);
  });

  it('a acknowledges, and what was told of it elsewhere is asked for again', async () => {
    const seen = posted('acknowledge', () => HttpResponse.json(detailOf({ state: 'acknowledged', acknowledged_by: 'ana', acknowledged_at: goldenNow.toISOString() })));
    const { user } = await openIncident();
    serveDetail(detailOf({ state: 'acknowledged', acknowledged_by: 'ana', acknowledged_at: goldenNow.toISOString() }));
    await user.keyboard('a');
    expect(await screen.findByText(/Acknowledged by ana at/)).toBeInTheDocument();
    expect(seen).toEqual([['2041', '{"comment":""}']]);
    expect(screen.queryByRole('button', { name: 'Acknowledge' })).not.toBeInTheDocument();
  });

  it('tells who was faster, and shows the incident as it is', async () => {
    posted('acknowledge', problem(409, { title: 'Conflict', detail: 'dana has acknowledged it already', acknowledged_by: 'dana' }));
    const { user } = await openIncident();
    serveDetail(detailOf({ state: 'acknowledged', acknowledged_by: 'dana', acknowledged_at: goldenNow.toISOString() }));
    await user.click(screen.getByRole('button', { name: 'Acknowledge' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('dana was faster: it is acknowledged, and the escalation has stopped.');
    expect(await screen.findByText(/Acknowledged by dana at/)).toBeInTheDocument();
  });

  it('takes the next step now, comments, and resolves after a question', async () => {
    const pages = posted('escalate');
    const comments = posted('comments');
    const resolved = posted('resolve', problem(409, { title: 'Conflict', detail: 'Incident 2041 is resolved already' }));
    const { user } = await openIncident();
    await user.click(screen.getByRole('button', { name: 'Page now' }));
    await waitFor(() => expect(pages.length).toBe(1));
    await user.type(screen.getByRole('textbox', { name: 'Comment' }), 'On it');
    await user.click(screen.getByRole('button', { name: 'Comment' }));
    await waitFor(() => expect(comments).toEqual([['2041', '{"comment":"On it"}']]));
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Comment' })).toHaveValue(''));
    await user.click(screen.getByRole('button', { name: 'Resolve' }));
    const question = within(await screen.findByRole('dialog'));
    await user.type(question.getByRole('textbox'), 'Restarted');
    await user.click(question.getByRole('button', { name: 'Resolve' }));
    expect(await question.findByRole('alert')).toHaveTextContent('Incident 2041 is resolved already.');
    expect(resolved).toEqual([['2041', '{"comment":"Restarted"}']]);
  });

  it('is silenced from here, with what it is about filled in', async () => {
    const made = [];
    server.use(http.post(api('/admin/alerts/silences'), async ({ request }) => {
      made.push(await request.json());
      return HttpResponse.json(golden('alerts/silence'), { status: 201 });
    }));
    const { user, router } = await openIncident();
    await user.keyboard('s');
    const dialog = within(await screen.findByRole('dialog', { name: 'Silence' }));
    expect(await dialog.findByText('service = ledger-db')).toBeInTheDocument();
    expect(await dialog.findByText(/^Matches/)).toHaveTextContent('Service down: ledger-db.');
    await user.click(dialog.getByRole('button', { name: 'Silence' }));
    expect(await dialog.findByText('Say why, for the others')).toBeInTheDocument();
    await user.type(dialog.getByRole('textbox', { name: 'Why' }), 'Restoring');
    await user.click(dialog.getByRole('button', { name: '30 min' }));
    await user.click(dialog.getByRole('button', { name: 'Silence' }));
    await waitFor(() => expect(router.state.location.search).toBe(''));
    expect(made).toEqual([{ rule_ids: ['service-down'], matchers: [{ label: 'service', match: '=', value: 'ledger-db' }], reason: 'Restoring', starts_at: null, ends_at: '2026-11-23T14:38:20.000Z' }]);
  });

  it('tries a message once more that reached nobody', async () => {
    const retried = [];
    server.use(http.post(api('/admin/alerts/deliveries/:id/retry'), ({ params }) => {
      retried.push(params.id);
      return new HttpResponse(null, { status: 204 });
    }));
    const { timeline: entries } = golden('alerts/incident');
    const lost = entries.map((entry) => ({ ...entry, deliveries: entry.deliveries.filter(({ state }) => state === 'failed') }));
    serveDetail(detailOf({}, { timeline: lost }));
    const { user } = await openIncident();
    await user.click(screen.getByRole('button', { name: 'Try email-platform again' }));
    await waitFor(() => expect(retried).toEqual(['01997c2e-7f60-7b3a-9a55-000000000003']));
  });

  it('reads on in a long timeline', async () => {
    const [like] = golden('alerts/incident').timeline;
    const entriesFrom = (first, length) => Array.from({ length }, (_, at) => ({ ...like, id: `${first - at}`, text: `Entry ${first - at}` }));
    serveDetail(detailOf({}, { timeline: entriesFrom(250, 100) }));
    server.use(http.get(api(`${root}/:id/timeline`), ({ request }) => {
      const after = new URL(request.url).searchParams.get('cursor');
      return HttpResponse.json(after ? { entries: entriesFrom(50, 50), next_cursor: null } : { entries: entriesFrom(250, 200), next_cursor: 'c1' });
    }));
    const { user } = await openIncident('/admin/incidents/2041?show=people');
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    expect(await screen.findByText('Entry 51')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    expect(await screen.findByText('Entry 1')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Show older' })).not.toBeInTheDocument();
  });

  it('is copied as Markdown', async () => {
    const { user } = await openIncident();
    const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(screen.getByRole('button', { name: 'More about this incident' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Copy as Markdown' }));
    expect(copied).toHaveBeenCalledWith(golden('alerts/incident').markdown);
  });

  it('says that its rule is gone, why nobody is told, and how it ended', async () => {
    serveDetail(detailOf({ rule_gone: true, hold: { reason: 'maintenance', by: 'w-1', since: '2026-11-23T14:00:00Z', until: null } }));
    const { client } = await openIncident();
    expect(screen.getByText('Its rule was deleted. What happened is kept.')).toBeInTheDocument();
    expect(screen.getByText('Nobody is told: the service is in maintenance.')).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Open the rule' })).not.toBeInTheDocument();
    serveDetail(detailOf({ state: 'resolved', resolved_at: '2026-11-23T14:08:08Z', resolve_reason: 'recovered', seconds: 270 }, { escalation: null }));
    await client.invalidateQueries({ queryKey: ['alerts'] });
    expect(await screen.findByText(/Resolved after 4 min 30 s: it recovered/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Resolve' })).not.toBeInTheDocument();
  });

  it('stays readable for a viewer, who is told which role it needs', async () => {
    asViewer();
    const seen = posted('acknowledge');
    const { user } = await openIncident();
    expect(screen.getByRole('button', { name: 'Acknowledge' })).toHaveAccessibleDescription('Needs the operator role');
    await user.keyboard('a');
    await user.click(screen.getByRole('button', { name: 'Acknowledge' }));
    expect(seen).toEqual([]);
    expect(screen.getByRole('textbox', { name: 'Comment' })).toBeDisabled();
  });

  it('hears what others do: who acknowledged is there without a reload', async () => {
    const gateway = gatewayChannel();
    server.use(gateway.handler);
    await openIncident();
    await waitFor(() => expect(gateway.heard.some(({ subscribe }) => subscribe?.topic === 'alerts')).toBe(true));
    serveDetail(detailOf({ state: 'acknowledged', acknowledged_by: 'dana', acknowledged_at: goldenNow.toISOString() }));
    gateway.push({ topic: 'alerts', kind: 'alert.acknowledged', key: 'service-down', offset: 101, data: { ...golden('events/alert.acknowledged.v1').payload, incident_id: '2041' } });
    expect(await screen.findByText(/Acknowledged by dana at/)).toBeInTheDocument();
  });
});
