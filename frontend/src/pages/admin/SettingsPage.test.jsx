import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { axeFindings } from '../../test/axe.js';
import { atGoldenTime } from '../../test/clock.js';
import { golden } from '../../test/golden.js';
import { api, problem } from '../../test/handlers.js';
import { renderApp } from '../../test/renderApp.jsx';
import { server } from '../../test/server.js';

atGoldenTime();

const as = (role) => {
  const me = golden('auth/me');
  server.use(http.get(api('/auth/me'), () => HttpResponse.json({ ...me, user: { ...me.user, role } })));
};
const row = async (name) => (await screen.findByRole('cell', { name })).closest('tr');
/** Notes the bodies sent to a path, and answers `answer`. */
const record = (method, path, answer = () => HttpResponse.json({})) => {
  const sent = [];
  server.use(http[method](api(path), async ({ request, params }) => {
    const text = await request.text();
    const { 0: _origin, ...named } = params;
    sent.push({ ...named, ...(text && JSON.parse(text)) });
    return answer();
  }));
  return sent;
};

describe('users', () => {
  it('are listed with role, state and when they were seen', async () => {
    renderApp('/admin/settings/users');
    expect(await row(/^ana/)).toHaveTextContent('3 s ago');
    expect(await row('lee')).toHaveTextContent('Must change password');
    expect(await row('omar')).toHaveTextContent('Disabled');
  });

  it('of the sign-in provider keep role and password there', async () => {
    renderApp('/admin/settings/users');
    const mia = within(await row('mia.r@example.com'));
    expect(mia.getByText('OpenID Connect')).toBeInTheDocument();
    expect(mia.getByLabelText('Role of mia.r@example.com')).toBeDisabled();
    expect(mia.queryByRole('button', { name: /new password/ })).not.toBeInTheDocument();
    expect(mia.getByRole('button', { name: 'Disable mia.r@example.com' })).toBeEnabled();
  });

  it('are added with a generated password', async () => {
    const sent = record('post', '/auth/users', () => HttpResponse.json(golden('auth/users').users[1], { status: 201 }));
    const { user } = renderApp('/admin/settings/users');
    await user.click(await screen.findByRole('button', { name: 'Add user' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add user' });
    await user.type(within(dialog).getByLabelText('Name'), 'noor');
    await user.click(within(dialog).getByRole('radio', { name: /operator/ }));
    await user.click(within(dialog).getByRole('button', { name: 'Add user' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({ name: 'noor', role: 'operator' });
    expect(sent[0].password.length).toBeGreaterThanOrEqual(12);
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('keep the form when the server refuses a field', async () => {
    server.use(http.post(api('/auth/users'), problem(422, { title: 'Invalid', errors: [{ field: 'name', message: 'Use a-z and 0-9' }] })));
    const { user } = renderApp('/admin/settings/users');
    await user.click(await screen.findByRole('button', { name: 'Add user' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add user' });
    await user.type(within(dialog).getByLabelText('Name'), 'Noor!');
    await user.click(within(dialog).getByRole('button', { name: 'Add user' }));
    expect(await within(dialog).findByText('Use a-z and 0-9')).toBeInTheDocument();
    expect(within(dialog).getByLabelText('Name')).toHaveAccessibleDescription(/Use a-z and 0-9/);
    expect(within(dialog).getByLabelText('Name')).toHaveValue('Noor!');
    expect(within(dialog).getByLabelText('Name')).toHaveFocus();
    expect(within(dialog).getByText('1 field to fix')).toBeInTheDocument();
  });

  it('change role and are disabled on their row', async () => {
    const sent = record('patch', '/auth/users/:name');
    const { user } = renderApp('/admin/settings/users');
    await user.selectOptions(await screen.findByLabelText('Role of kim'), 'operator');
    await user.click(screen.getByRole('button', { name: 'Disable dana' }));
    await waitFor(() => expect(sent).toEqual([{ name: 'kim', role: 'operator' }, { name: 'dana', disabled: true }]));
  });

  it('keep the last admin, and say why', async () => {
    const sent = record('patch', '/auth/users/:name');
    const { user } = renderApp('/admin/settings/users');
    expect(await screen.findByLabelText('Role of ana')).toBeDisabled();
    const disable = screen.getByRole('button', { name: 'Disable ana' });
    expect(disable).toHaveAccessibleDescription(/The last admin cannot be lowered, disabled or deleted/);
    await user.click(disable);
    expect(sent).toEqual([]);
  });

  it('tell on the row what the server refused', async () => {
    server.use(http.patch(api('/auth/users/:name'), problem(409, { title: 'Conflict', detail: 'The last admin cannot be lowered' })));
    const { user } = renderApp('/admin/settings/users');
    await user.selectOptions(await screen.findByLabelText('Role of kim'), 'admin');
    expect(await screen.findByRole('alert')).toHaveTextContent('kim: Conflict. The last admin cannot be lowered.');
  });

  it('are deleted after a question beside the button', async () => {
    const sent = record('delete', '/auth/users/:name', () => new HttpResponse(null, { status: 204 }));
    const { user } = renderApp('/admin/settings/users');
    await user.click(await screen.findByRole('button', { name: 'Delete omar' }));
    const question = await screen.findByRole('dialog', { name: 'Delete omar' });
    expect(question).toHaveTextContent('Sessions and tokens of this user end at once.');
    await user.click(within(question).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(sent).toEqual([{ name: 'omar' }]));
  });

  it('are not asked for by who may not see them', async () => {
    as('operator');
    const asked = record('get', '/auth/users');
    renderApp('/admin/settings/users');
    expect(await screen.findByText(/Needs the admin role/)).toBeInTheDocument();
    expect(asked).toEqual([]);
  });
});

describe('API tokens', () => {
  it('show what ends soon and what has ended', async () => {
    renderApp('/admin/settings/tokens');
    expect((await row('Deploy pipeline')).querySelector('[data-shape="stale"]')).toBeInTheDocument();
    expect(await row('Old export job')).toHaveTextContent('Ended');
    expect(await row('Wall screen')).toHaveTextContent('from 10.4.7.3');
  });

  it('are created, and the secret is shown until it is stored', async () => {
    const sent = record('post', '/auth/tokens', () => HttpResponse.json(golden('auth/new_token'), { status: 201 }));
    const { user } = renderApp('/admin/settings/tokens');
    await user.click(await screen.findByRole('button', { name: 'Create token' }));
    const form = await screen.findByRole('dialog', { name: 'Create token' });
    await user.type(within(form).getByLabelText('Name'), 'Backup heartbeat');
    await user.selectOptions(within(form).getByLabelText('Role'), 'operator');
    await user.click(within(form).getByRole('button', { name: 'Create token' }));
    const secret = golden('auth/new_token').secret;
    expect(await screen.findByText(secret)).toBeInTheDocument();
    expect(sent[0]).toEqual({ label: 'Backup heartbeat', role: 'operator', expires_at: '2027-02-21T14:08:20.000Z' });
    await user.keyboard('{Escape}');
    expect(screen.getByText(secret)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'I have stored it' }));
    await waitFor(() => expect(screen.queryByText(secret)).not.toBeInTheDocument());
  });

  it('offer no role above one\'s own', async () => {
    as('operator');
    const { user } = renderApp('/admin/settings/tokens');
    await user.click(await screen.findByRole('button', { name: 'Create token' }));
    const role = await screen.findByLabelText('Role');
    expect(within(role).getAllByRole('option').map((option) => option.textContent)).toEqual(['Viewer', 'Operator']);
  });

  it('are revoked after a question', async () => {
    const sent = record('delete', '/auth/tokens/:id', () => new HttpResponse(null, { status: 204 }));
    const { user } = renderApp('/admin/settings/tokens');
    await user.click(await screen.findByRole('button', { name: 'Revoke Wall screen' }));
    await user.click(within(await screen.findByRole('dialog', { name: 'Revoke Wall screen' })).getByRole('button', { name: 'Revoke' }));
    await waitFor(() => expect(sent).toEqual([{ id: 'tok-0009' }]));
  });

  it('explain themselves while there is none', async () => {
    server.use(http.get(api('/auth/tokens'), () => HttpResponse.json({ tokens: [] })));
    renderApp('/admin/settings/tokens');
    expect(await screen.findByText('No token yet.')).toBeInTheDocument();
    expect(screen.getByText(/Authorization: Bearer/)).toBeInTheDocument();
  });

  it('are for operators and admins', async () => {
    as('viewer');
    renderApp('/admin/settings/tokens');
    expect(await screen.findByText(/Needs the operator role/)).toBeInTheDocument();
  });
});

describe('the audit trail', () => {
  it('tells who did what, and on demand what was before and after', async () => {
    const { user } = renderApp('/admin/settings/audit');
    await user.click(await screen.findByRole('button', { name: 'Details of entry 4996' }));
    expect(screen.getByText(/"disabled": false/)).toBeInTheDocument();
    expect(screen.getByText(/"disabled": true/)).toBeInTheDocument();
    expect(screen.getAllByText('Refused').length).toBeGreaterThan(0);
  });

  it('is filtered on the server, with the filter in the address', async () => {
    const { user, router } = renderApp('/admin/settings/audit');
    await user.type(await screen.findByLabelText('Filter by who'), 'kim');
    server.use(http.get(api('/auth/audit'), ({ request }) => {
      const { actor } = Object.fromEntries(new URL(request.url).searchParams);
      return HttpResponse.json({ entries: golden('auth/audit').entries.filter((entry) => entry.actor === actor), next_cursor: null });
    }));
    await waitFor(() => expect(router.state.location.search).toBe('?actor=kim'));
    await waitFor(() => expect(screen.queryByRole('cell', { name: /^dana/ })).not.toBeInTheDocument());
    expect((await screen.findAllByRole('cell', { name: /^kim/ })).length).toBeGreaterThan(0);
  });

  it('is saved as CSV, all pages of it', async () => {
    const saved = [];
    URL.createObjectURL = (blob) => saved.push(blob) && 'blob:x';
    URL.revokeObjectURL = () => {};
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    const { entries } = golden('auth/audit');
    server.use(http.get(api('/auth/audit'), ({ request }) => {
      const second = new URL(request.url).searchParams.get('cursor') === 'next';
      return HttpResponse.json({ entries: second ? entries.slice(1, 2) : entries.slice(0, 1), next_cursor: second ? null : 'next' });
    }));
    const { user } = renderApp('/admin/settings/audit');
    await user.click(await screen.findByRole('button', { name: 'Download CSV' }));
    await waitFor(() => expect(saved).toHaveLength(1));
    const lines = (await saved[0].text()).split('\r\n');
    expect(lines[0]).toMatch(/^at,actor,role/);
    expect(lines).toHaveLength(3);
  });

  it('is for admins', async () => {
    as('operator');
    renderApp('/admin/settings/audit');
    expect(await screen.findByText('The audit trail is read by admins.')).toBeInTheDocument();
  });
});

describe('about and profile', () => {
  it('lists processes, streams and versions', async () => {
    renderApp('/admin/settings/about');
    expect(await row('gateway-a')).toHaveTextContent('40,211');
    expect(await row('BELFRY_EVENTS')).toHaveTextContent('1,284912 KB');
    expect(screen.getByRole('link', { name: 'API reference' })).toHaveAttribute('href', '/docs');
  });

  it('says what failed when nothing came', async () => {
    server.use(http.get(api('/admin/about'), problem(503, { title: 'Unavailable', service: 'nats' })));
    renderApp('/admin/settings/about');
    expect((await screen.findAllByText('nats does not answer (503).')).length).toBeGreaterThan(0);
  });

  it('lists sessions, and signs out everywhere after a question', async () => {
    const sent = record('delete', '/auth/sessions', () => new HttpResponse(null, { status: 204 }));
    const { user, router } = renderApp('/admin/settings/profile');
    expect(await row(/Firefox on Linux/)).toHaveTextContent('This one');
    server.use(http.get(api('/auth/me'), problem(401)));
    await user.click(screen.getByRole('button', { name: 'Sign out everywhere' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Sign out everywhere' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
    expect(sent).toHaveLength(1);
  });

  it('changes the password and empties the form', async () => {
    const { user } = renderApp('/admin/settings/profile');
    await user.type(await screen.findByLabelText('Current password'), 'the old password');
    await user.type(screen.getByLabelText('New password'), 'a longer one here');
    await user.type(screen.getByLabelText('New password again'), 'a longer one her');
    await user.click(screen.getByRole('button', { name: 'Change password' }));
    expect(screen.getByText('This differs from the new password')).toBeInTheDocument();
    await user.type(screen.getByLabelText('New password again'), 'e');
    await user.click(screen.getByRole('button', { name: 'Change password' }));
    expect(await screen.findByText(/Your other sessions have ended/)).toBeInTheDocument();
    expect(screen.getByLabelText('Current password')).toHaveValue('');
  });

  it('answers a tab that does not exist', async () => {
    renderApp('/admin/settings/nothing');
    expect(await screen.findByText('Nothing is at this address.')).toBeInTheDocument();
  });
});

it.each(['profile', 'users', 'tokens', 'audit', 'about'])('has no accessibility findings on %s', async (tab) => {
  renderApp(`/admin/settings/${tab}`);
  await screen.findAllByRole('row');
  expect(await axeFindings()).toEqual([]);
});
