import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { EscalationPolicies } from '../../../frontend/src/components/admin/alerts/EscalationPolicies.jsx';
import { Silences } from '../../../frontend/src/components/admin/alerts/Silences.jsx';
import { createQueryClient } from '../../../frontend/src/api/queryClient.js';
import { meQuery } from '../../../frontend/src/api/session.js';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

atGoldenTime();

const root = '/admin/alerts';

const show = (element, { path = '/', role = 'operator' } = {}) => {
  const client = createQueryClient();
  const me = golden('auth/me');
  client.setQueryData(meQuery.queryKey, { ...me, user: { ...me.user, role } });
  return render(element, { path, client });
};

/** Notes what is sent, as `[method, id, body, If-Match]`. */
const sent = (method, what, reply) => {
  const seen = [];
  server.use(http[method](api(`${root}/${what}`), async ({ request, params }) => {
    const text = await request.text();
    seen.push([method, params.id ?? null, text ? JSON.parse(text) : null, request.headers.get('If-Match')]);
    return reply();
  }));
  return seen;
};

const policy = golden('alerts/policy');
const servePolicy = (changes) => server.use(http.get(api(`${root}/policies`), () => HttpResponse.json({ policies: [{ ...policy, ...changes }] })));

describe('escalation policies', () => {
  it('are lines of steps, with who uses them and what escalates by them', async () => {
    show(<EscalationPolicies />);
    const [item] = await screen.findAllByRole('listitem');
    expect(item).toHaveTextContent('On-call at once');
    await waitFor(() => expect(item).toHaveTextContent('Used by Service down, Checkout p99 over 500 ms. Running for 1 incident: 2041.'));
    expect(item).toHaveTextContent('Lead after 8 min 30 s');
    expect(screen.getByRole('button', { name: `Delete ${policy.name}` })).toHaveAccessibleDescription('Rules use it');
    expect(await axeFindings()).toEqual([]);
  });

  it('are changed with steps that move, on the version that was read', async () => {
    const seen = sent('put', 'policies/:id', () => HttpResponse.json({ ...policy, version: 4 }));
    const { user } = show(<EscalationPolicies />);
    await user.click(await screen.findByRole('button', { name: `Edit ${policy.name}` }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/a change does not reach them/)).toBeInTheDocument();
    await user.click(dialog.getByRole('button', { name: 'Step 3 up' }));
    await user.click(dialog.getByRole('button', { name: 'Remove step 3' }));
    await user.click(dialog.getByRole('button', { name: 'Save policy' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    const [[, id, body, ifMatch]] = seen;
    expect([id, ifMatch]).toEqual(['on-call', '"3"']);
    expect(body.steps.map(({ name, delay_seconds: delay }) => [name, delay])).toEqual([['On-call', 0], ['Everyone', 1200]]);
  });

  it('say who was faster, and nothing of yours is lost', async () => {
    const seen = sent('put', 'policies/:id', problem(412, { title: 'Precondition failed', detail: 'on-call is at version 4', version: 4 }));
    const { user } = show(<EscalationPolicies />, { path: '/?policy=on-call' });
    const dialog = within(await screen.findByRole('dialog'));
    const name = dialog.getByRole('textbox', { name: 'Policy name' });
    await user.type(name, ' again');
    servePolicy({ version: 4, name: 'Theirs' });
    await user.click(dialog.getByRole('button', { name: 'Save policy' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent('Version 4 was saved meanwhile.');
    expect(name).toHaveValue(`${policy.name} again`);
    await user.click(dialog.getByRole('button', { name: 'Keep mine on top' }));
    await user.click(dialog.getByRole('button', { name: 'Save policy' }));
    await waitFor(() => expect(seen.at(-1)[3]).toBe('"4"'));
  });

  it('ask for what is missing, and put the server’s words at their field', async () => {
    sent('post', 'policies', problem(422, { title: 'Invalid', errors: [{ field: 'steps[0].channels[0]', message: 'there is no channel ops' }] }));
    const { user } = show(<EscalationPolicies />, { path: '/?policy=new' });
    const dialog = within(await screen.findByRole('dialog', { name: 'New escalation policy' }));
    await user.click(dialog.getByRole('button', { name: 'Save policy' }));
    expect(dialog.getByText('Give it a name')).toBeInTheDocument();
    expect(dialog.getByText('Choose at least one channel')).toBeInTheDocument();
    await user.type(dialog.getByRole('textbox', { name: 'Policy name' }), 'Nights');
    await user.click(dialog.getByRole('combobox', { name: 'Tell' }));
    await user.click(await screen.findByRole('option', { name: '#ops' }));
    await user.click(dialog.getByRole('button', { name: 'Save policy' }));
    expect(await dialog.findByText('There is no channel ops')).toBeInTheDocument();
    expect(dialog.getByText('1 field to fix')).toBeInTheDocument();
  });

  it('of a file are read only, and a viewer is told which role it needs', async () => {
    servePolicy({ source: 'file' });
    show(<EscalationPolicies />, { path: '/?policy=on-call', role: 'viewer' });
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/^This policy stands in belfry.yaml/)).toBeInTheDocument();
    expect(dialog.queryByRole('button', { name: 'Save policy' })).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'New policy', hidden: true })).toHaveAttribute('aria-disabled', 'true');
  });

  it('explain themselves while there is none', async () => {
    server.use(http.get(api(`${root}/policies`), () => HttpResponse.json({ policies: [] })));
    show(<EscalationPolicies />);
    expect(await screen.findByText('There is no escalation policy yet.')).toBeInTheDocument();
  });
});

const silence = golden('alerts/silence');
const serveSilences = (...silences) => server.use(http.get(api(`${root}/silences`), () => HttpResponse.json({ silences })));

describe('silences and mute timings', () => {
  it('are active, planned or ended, with what they hold back', async () => {
    serveSilences({ ...silence, holding: ['2041'] }, { ...silence, id: 's-2', state: 'planned', starts_at: '2026-11-24T08:00:00Z', ends_at: '2026-11-24T10:00:00Z' }, { ...silence, id: 's-3', state: 'ended', ends_at: '2026-11-23T12:00:00Z', ended_by: 'ana' });
    show(<Silences />);
    const active = within(await screen.findByRole('region', { name: 'Active' }));
    expect(active.getByRole('listitem')).toHaveTextContent('Until 15:55, 1 h left, by danaHolds back incident 2041 now.');
    expect(screen.getByRole('region', { name: 'Planned' })).toHaveTextContent('From Tue 24 Nov, 08:00 until Tue 24 Nov, 10:00');
    expect(screen.getByRole('region', { name: 'Ended, last 7 days' })).toHaveTextContent('Ended 12:00 by ana');
    const timings = within(screen.getByRole('region', { name: 'Mute timings' }));
    expect(await timings.findByText(/Europe\/Berlin, 15:08 there now. Used by 1 rule./)).toBeInTheDocument();
    expect(timings.getByText('Mon to Fri, 22:00 to 07:00')).toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);
  });

  it('are made of matchers, with how many open incidents they match', async () => {
    const seen = sent('post', 'silences', () => HttpResponse.json({ ...silence, holding: ['2041'] }, { status: 201 }));
    const { user } = show(<Silences />);
    await user.click(await screen.findByRole('button', { name: 'New silence' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByRole('combobox', { name: 'Where' }), 'service =~ .*-db{Enter}');
    await waitFor(() => expect(dialog.getByText(/^Matches/)).toHaveTextContent('Matches 1 of 4 open incidents now: Service down: ledger-db.'));
    await user.type(dialog.getByRole('textbox', { name: 'Why' }), 'Restoring');
    await user.click(dialog.getByRole('button', { name: 'Silence' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(seen[0][2]).toMatchObject({ matchers: [{ label: 'service', match: '=~', value: '.*-db' }], rule_ids: [], ends_at: '2026-11-23T16:08:20.000Z' });
  });

  it('are changed until they end, and the server has the last word', async () => {
    sent('put', 'silences/:id', problem(409, { title: 'Conflict', detail: 'Silence s-01997c2e has ended already; make a new one' }));
    const { user } = show(<Silences />, { path: '/?silence=s-01997c2e' });
    const dialog = within(await screen.findByRole('dialog', { name: 'Edit silence' }));
    await user.click(dialog.getByRole('button', { name: 'Save silence' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent('has ended already; make a new one.');
  });

  it('end now, after a question', async () => {
    const seen = sent('delete', 'silences/:id', () => HttpResponse.json({ ...silence, state: 'ended' }));
    const { user } = show(<Silences />);
    await user.click(await screen.findByRole('button', { name: /^End now: the silence of/ }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'End now' }));
    await waitFor(() => expect(seen.length).toBe(1));
  });

  it('mute by the clock of a place, and tell of a zone that is none', async () => {
    const seen = sent('put', 'mute-timings/:id', problem(422, { title: 'Invalid', errors: [{ field: 'time_zone', message: 'is not a time zone. Did you mean Europe/Berlin?' }] }));
    const { user } = show(<Silences />, { path: '/?timing=at-night' });
    const dialog = within(await screen.findByRole('dialog', { name: 'At night' }));
    expect(dialog.getByText('It is 15:08 there now')).toBeInTheDocument();
    await user.click(dialog.getByRole('button', { name: 'Sat' }));
    await user.click(dialog.getByRole('button', { name: 'Mon' }));
    await user.click(dialog.getByRole('button', { name: 'Save mute timing' }));
    expect(await dialog.findByText('Is not a time zone. Did you mean Europe/Berlin?')).toBeInTheDocument();
    expect(seen[0][2].spans[0].days).toEqual(['tue', 'wed', 'thu', 'fri', 'sat']);
  });
});
