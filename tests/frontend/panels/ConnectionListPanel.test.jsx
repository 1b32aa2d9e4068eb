import { act, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { createQueryClient } from '../../../frontend/src/api/queryClient.js';
import { meQuery } from '../../../frontend/src/api/session.js';
import { ConnectionListPanel } from '../../../frontend/src/components/panels/ConnectionListPanel.jsx';
import { noteChannel } from '../../../frontend/src/lib/connection.js';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

atGoldenTime();

const root = '/admin/websocket';
const list = (changes = {}) => ({ ...golden('ws/connections'), ...changes });
const like = (id, changes = {}) => ({ ...list().connections[0], id, ...changes });

/** Answers lists, and notes what was asked for. */
const serve = (answer) => {
  const asked = [];
  server.use(http.get(api(`${root}/connections`), ({ request }) => {
    asked.push(Object.fromEntries(new URL(request.url).searchParams));
    return HttpResponse.json(typeof answer === 'function' ? answer(asked.at(-1)) : answer);
  }));
  return asked;
};

/** Notes what is posted, as `[path, body]`. */
const posted = (path, answer) => {
  const seen = [];
  server.use(http.post(api(`${root}${path}`), async ({ request }) => {
    seen.push([new URL(request.url).pathname.replace('/api/v1/admin/websocket', ''), await request.json()]);
    return typeof answer === 'function' ? answer(seen.at(-1)[1]) : HttpResponse.json(answer ?? golden('ws/disconnected'));
  }));
  return seen;
};

const open = async (search = '', role = 'admin') => {
  const me = golden('auth/me');
  server.use(http.get(api('/auth/me'), () => HttpResponse.json({ ...me, user: { ...me.user, role } })));
  const client = createQueryClient();
  await client.fetchQuery(meQuery);
  const page = render(<ConnectionListPanel />, { path: `/admin?panel=connections${search}`, client });
  await screen.findByRole('dialog');
  return page;
};
const table = () => screen.findByRole('table', { name: 'Open connections' });
const rowOf = async (text) => within(await table()).getByText(text).closest('tr');
const rows = async () => within(await table()).getAllByRole('row').slice(1).map((row) => row.dataset.connection).filter(Boolean);

describe('the list', () => {
  it('F2.3.3: shows client address, user, how long connected, subscriptions, traffic, what waits and the node', async () => {
    await open();
    expect(await rowOf('10.4.2.18')).toHaveTextContent('10.4.2.18dana52 minhealth, alerts, ws779,204319 KBlagginggw-1');
    expect(await rowOf('10.4.7.3')).toHaveTextContent('no user41 shealth');
    expect(screen.getByText('1 to 4 of 1,204')).toBeInTheDocument();
    expect(screen.getByRole('dialog')).toHaveTextContent('WebSocket connections1,204 of 4,000 on 2 nodes');
  });

  it('R2.3.2: opens a row with all that is known of it, and keeps it in the address', async () => {
    const { user, router } = await open();
    await user.click(within(await rowOf('10.4.2.18')).getByRole('button', { name: /^10.4.2.18/ }));
    expect(router.state.location.search).toContain('conn=c-01h8k7');
    const facts = within(await table()).getByText('Round trip').closest('dl');
    expect(facts).toHaveTextContent(/Chrome 156 on Android.*Round trip412 ms.*Session ends.*23:08:20.*Dropped0.*Conflated840.*gateway on gw-1/);
  });

  it('asks the server to sort, search and page', async () => {
    const asked = serve(({ cursor }) => list(cursor ? { next_cursor: null } : {}));
    const { user, router } = await open();
    await table();
    await user.click(screen.getByRole('button', { name: 'Waiting' }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ state: 'open', sort: '-pending_bytes', limit: '50' }));
    expect(screen.getByRole('columnheader', { name: /Waiting/ })).toHaveAttribute('aria-sort', 'descending');
    await user.click(screen.getByRole('button', { name: /Waiting/ }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ sort: 'pending_bytes' }));
    await user.type(screen.getByRole('searchbox', { name: 'Search connections' }), 'dana');
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ search: 'dana' }));
    await user.click(await screen.findByRole('button', { name: 'Next' }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ search: 'dana', cursor: list().next_cursor }));
    expect(await screen.findByText('51 to 54 of 1,204')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Back' }));
    expect(await screen.findByText('1 to 4 of 1,204')).toBeInTheDocument();
    expect(router.state.location.search).toBe('?panel=connections&sort=pending_bytes&q=dana');
  });

  it('sorts from the menu too', async () => {
    const asked = serve(list());
    const { user } = await open();
    await user.click(await screen.findByRole('combobox', { name: 'Sort by' }));
    await user.click(await screen.findByRole('option', { name: 'Sort: round trip' }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ sort: '-rtt_ms' }));
  });

  it('says so when nothing matches, and clears the search', async () => {
    serve(({ search }) => (search ? list({ connections: [], total: 0, next_cursor: null }) : list()));
    const { user } = await open('&q=nobody');
    expect(await screen.findByText('No open connection matches "nobody".')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Clear the search' }));
    await table();
  });

  it('shows why connections were closed, the last one first', async () => {
    const closed = (id, seconds, changes) => like(id, { closed_at: new Date(goldenNow.getTime() - seconds * 1000).toISOString(), ...changes });
    const asked = serve(list({ connections: [closed('c-1', 60, { close_code: 1006 }), closed('c-2', 5, { close_code: 4503, close_reason: 'Old tab', closed_by: 'ana' })], total: 2, next_cursor: null }));
    const { user } = await open();
    await user.click(await screen.findByRole('button', { name: 'Closed, 5 min' }));
    const shown = within(await screen.findByRole('table', { name: 'Closed connections' })).getAllByRole('row').slice(1);
    expect(shown.map((row) => row.textContent)).toEqual([expect.stringContaining('14:08:154503 Closed by ana: Old tab36 s'), expect.stringContaining('14:07:201006 The connection broke')]);
    expect(asked.at(-1).state).toBe('closed');
  });

  it('keeps its rows in their places while the pointer is inside', async () => {
    const { user, client } = await open();
    await user.hover(await rowOf('10.4.2.18'));
    const before = await rows();
    serve(list({ connections: [like('c-new-1'), like('c-new-2'), ...list().connections.slice(1)] }));
    await client.refetchQueries({ queryKey: ['websocket', 'connections'] });
    expect(await screen.findByText('2 new')).toBeInTheDocument();
    expect(await rows()).toEqual(before);
    expect(await rowOf('10.4.7.3')).toHaveTextContent('gone');
    await user.click(screen.getByRole('button', { name: '2 new' }));
    expect(await rows()).toEqual(['c-new-1', 'c-new-2', 'c-01h8k7', 'c-01h8k2', 'c-01h8m0']);
  });

  it('names the node that did not answer, on its meter, under the list and on its rows', async () => {
    const stats = golden('ws/stats');
    server.use(http.get(api(`${root}/stats`), () => HttpResponse.json({ ...stats, missing_nodes: ['gw-1'], nodes: stats.nodes.map((node) => ({ ...node, answers: node.node !== 'gw-1' })) })));
    const { client } = await open();
    await rowOf('10.4.2.18');
    serve(list({ connections: list().connections.filter(({ node }) => node === 'gw-0'), missing_nodes: ['gw-1'] }));
    await client.refetchQueries({ queryKey: ['websocket', 'connections'] });
    expect(await screen.findByText(/Without those of gw-1: no answer/)).toBeInTheDocument();
    expect(within(screen.getByRole('list', { name: 'Nodes' })).getAllByRole('listitem')[1]).toHaveTextContent('gw-1did not answerLast heard 14:08:19: 502 connections');
    expect(screen.getByRole('meter', { name: 'gw-0' })).toHaveAttribute('aria-valuetext', '702 of 2,000 connections, 35 %');
    expect(await rowOf('10.4.2.18')).toHaveTextContent('gw-1 did not answer');
  });

  it('keeps the last rows when ws_svc stops', async () => {
    const { client } = await open();
    await table();
    server.use(http.get(api(`${root}/connections`), problem(503, { title: 'Unavailable', service: 'ws_svc' })));
    await client.refetchQueries({ queryKey: ['websocket', 'connections'] });
    expect(await screen.findByText(/ws_svc does not answer \(503\)/)).toBeInTheDocument();
    expect(await rows()).toHaveLength(4);
  });

  it('says what failed when there is nothing to show', async () => {
    server.use(http.get(api(`${root}/connections`), problem(503, { title: 'Unavailable', service: 'ws_svc' })), http.get(api(`${root}/errors`), problem(503, { title: 'Unavailable', service: 'ws_svc' })));
    await open();
    expect(await screen.findByText('Could not load the connections.')).toBeInTheDocument();
    expect(await screen.findByText('Could not load the errors.')).toBeInTheDocument();
  });
});

describe('disconnecting', () => {
  const ask = async (user, name = 'Disconnect dana on 10.4.2.18') => {
    await user.click(await screen.findByRole('button', { name }));
    return (await screen.findByText(/closes? at once with code 4503/)).closest('form');
  };

  it('F2.3.4, I2.3.2: asks first, naming user and address, then closes it and says so on the row', async () => {
    const seen = posted('/connections/:id/disconnect');
    const { user } = await open();
    const question = await ask(user);
    expect(question).toHaveTextContent('Disconnect dana on 10.4.2.18?');
    expect(seen).toEqual([]);
    await user.type(within(question).getByRole('textbox', { name: 'Reason, optional' }), 'Old tab');
    await user.click(within(question).getByRole('button', { name: 'Disconnect' }));
    await waitFor(async () => expect(await rowOf('10.4.2.18')).toHaveTextContent('Closed by you, 4503'));
    expect(seen).toEqual([['/connections/c-01h8k7/disconnect', { reason: 'Old tab' }]]);
    serve(list({ connections: list().connections.filter(({ id }) => id !== 'c-01h8k7') }));
    expect(await rowOf('10.4.2.18')).toHaveTextContent('Closed by you, 4503');
  });

  it('F2.3.4: says Closing while the node has not confirmed', async () => {
    let answer;
    posted('/connections/:id/disconnect', () => new Promise((done) => { answer = () => done(HttpResponse.json(golden('ws/disconnected'))); }));
    const { user } = await open();
    await user.click(within(await ask(user)).getByRole('button', { name: 'Disconnect' }));
    await waitFor(async () => expect(await rowOf('10.4.2.18')).toHaveTextContent('Closing'));
    await waitFor(() => expect(answer).toBeTypeOf('function'));
    act(() => answer());
    await waitFor(async () => expect(await rowOf('10.4.2.18')).toHaveTextContent('Closed by you'));
  });

  it('can be called off', async () => {
    const seen = posted('/connections/:id/disconnect');
    const { user } = await open();
    await user.click(within(await ask(user)).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByText(/at once with code 4503/)).not.toBeInTheDocument());
    expect(seen).toEqual([]);
  });

  it('of all of a user or an address says the count first', async () => {
    const counts = { user: 3, client_ip: 2 };
    const seen = posted('/disconnect', (body) => HttpResponse.json({ closed: counts[body.user ? 'user' : 'client_ip'], connection_ids: ['c-01h8k7', 'c-01h8m9'], missing_nodes: [] }));
    const { user } = await open();
    const question = await ask(user);
    await user.click(within(question).getByRole('button', { name: 'All of 10.4.2.18' }));
    expect(await within(question).findByRole('button', { name: 'Disconnect 2' })).toBeInTheDocument();
    await user.click(within(question).getByRole('button', { name: 'All of dana' }));
    expect(await within(question).findByText('3 connections')).toBeInTheDocument();
    expect(seen).toEqual([['/disconnect', { client_ip: '10.4.2.18', dry_run: true }], ['/disconnect', { user: 'dana', dry_run: true }]]);
    await user.click(await within(question).findByRole('button', { name: 'Disconnect 3' }));
    await waitFor(async () => expect(await rowOf('10.4.7.3')).toHaveTextContent('Closed by you, 4503'));
    expect(seen.at(-1)).toEqual(['/disconnect', { user: 'dana', reason: '' }]);
  });

  it('warns when it is the socket of this tab, or one of them', async () => {
    noteChannel({ id: 'c-01h8k2' });
    const { user } = await open();
    expect(await rowOf('10.4.2.11')).toHaveTextContent('ana · this tab');
    const question = await ask(user, 'Disconnect ana on 10.4.2.11');
    expect(question).toHaveTextContent('This is the socket of this tab.');
    await user.click(within(question).getByRole('button', { name: 'All of ana' }));
    expect(question).toHaveTextContent('This tab is one of them.');
    noteChannel({ id: '' });
  });

  it('tells why it was refused', async () => {
    posted('/connections/:id/disconnect', problem(409, { title: 'Conflict', detail: 'The connection is closed already' }));
    const { user } = await open();
    const question = await ask(user);
    await user.click(within(question).getByRole('button', { name: 'Disconnect' }));
    expect(await within(question).findByRole('alert')).toHaveTextContent('The connection is closed already');
  });

  it.each(['viewer', 'operator'])('R2.3.3, I2.3.2: needs the role admin; a %s is told so', async (role) => {
    const seen = posted('/connections/:id/disconnect');
    const { user } = await open('', role);
    const button = await screen.findByRole('button', { name: 'Disconnect dana on 10.4.2.18' });
    expect(button).toHaveAttribute('aria-disabled', 'true');
    expect(button).toHaveAccessibleDescription('Needs the admin role');
    await user.click(button);
    expect(screen.queryByText(/at once with code 4503/)).not.toBeInTheDocument();
    expect(seen).toEqual([]);
  });
});

describe('the errors', () => {
  it('F2.3.5: shows the last 20 with time, code, meaning, who, and whether they come again', async () => {
    const [one] = golden('ws/errors').errors;
    server.use(http.get(api(`${root}/errors`), () => HttpResponse.json({ errors: [...golden('ws/errors').errors, ...Array.from({ length: 18 }, (_, at) => ({ ...one, connection_id: `c-${at}` }))] })));
    await open();
    const shown = within(await screen.findByRole('table', { name: 'Last errors' })).getAllByRole('row').slice(1);
    expect(shown).toHaveLength(20);
    expect(shown[0]).toHaveTextContent('14:07:594008');
    expect(shown[0]).toHaveTextContent('The client reads too slowly: 1.2 MB waited for 10 skimreconnects');
    expect(shown[1]).toHaveTextContent('Forbidden: The origin https://evil.example is not allowed203.0.113.9closed');
  });

  it('F2.3.5: one shows the connections of who it was', async () => {
    const asked = serve(({ state }) => (state === 'closed' ? list({ connections: [], total: 0, next_cursor: null }) : list()));
    const { user, router } = await open('&state=closed');
    expect(await screen.findByText('No connection was closed in the last 5 minutes.')).toBeInTheDocument();
    await user.click(await screen.findByRole('button', { name: 'kim' }));
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ search: 'kim', state: 'open' }));
    expect(router.state.location.search).toBe('?panel=connections&q=kim');
    expect(screen.getByRole('searchbox', { name: 'Search connections' })).toHaveValue('kim');
  });

  it('says that there was none', async () => {
    server.use(http.get(api(`${root}/errors`), () => HttpResponse.json({ errors: [] })));
    await open();
    expect(await screen.findByText('No WebSocket error was reported.')).toBeInTheDocument();
  });
});

it('has no accessibility findings, with a row and a question open', async () => {
  const { user } = await open('&conn=c-01h8k7');
  await table();
  await screen.findByRole('table', { name: 'Last errors' });
  expect(await axeFindings()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Disconnect dana on 10.4.2.18' }));
  await screen.findByText(/at once with code 4503/);
  expect(await axeFindings()).toEqual([]);
});

it('leaves nothing of itself in the address', async () => {
  const { user, router } = await open('&q=dana&sort=-sent&conn=c-01h8k7&latency=p50');
  await user.click(screen.getByRole('button', { name: 'Close' }));
  await vi.waitFor(() => expect(router.state.location.search).toBe('?latency=p50'));
});
