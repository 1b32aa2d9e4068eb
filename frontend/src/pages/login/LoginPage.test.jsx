import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { axeFindings } from '../../test/axe.js';
import { atGoldenTime } from '../../test/clock.js';
import { golden } from '../../test/golden.js';
import { api, problem } from '../../test/handlers.js';
import { renderApp } from '../../test/renderApp.jsx';
import { server } from '../../test/server.js';

atGoldenTime();

const fill = async (user) => {
  await user.type(await screen.findByLabelText('Name'), 'ana');
  await user.type(screen.getByLabelText('Password'), 'correct horse battery');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
};

describe('signing in', () => {
  beforeEach(() => server.use(http.get(api('/auth/me'), problem(401, { title: 'Not signed in' }))));

  it('returns to the page one wanted', async () => {
    const { user, router } = renderApp('/admin/settings/about?x=1');
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
    expect(router.state.location.search).toBe(`?next=${encodeURIComponent('/admin/settings/about?x=1')}`);
    await fill(user);
    await waitFor(() => expect(router.state.location.pathname + router.state.location.search).toBe('/admin/settings/about?x=1'));
  });

  it('does not say which half was wrong', async () => {
    server.use(http.post(api('/auth/login'), problem(401)));
    const { user } = renderApp('/login');
    await fill(user);
    expect(await screen.findByRole('alert')).toHaveTextContent('Name or password is wrong, or the account is disabled.');
    expect(screen.getByLabelText('Name')).toHaveValue('ana');
  });

  it('counts down when there were too many tries', async () => {
    server.use(http.post(api('/auth/login'), problem(429, { title: 'Too many requests', retry_after_seconds: 28 })));
    const { user } = renderApp('/login');
    await fill(user);
    expect(await screen.findByRole('alert')).toHaveTextContent('Too many tries. Again in 28 s.');
    expect(screen.getByRole('button', { name: 'Again in 28 s' })).toBeDisabled();
  });

  it('tells where the first password is, and how Belfry is', async () => {
    renderApp('/login');
    expect(await screen.findByText(/printed where Belfry was started/)).toBeInTheDocument();
    expect(await screen.findByText('Belfry is ready')).toBeInTheDocument();
  });

  it('offers the sign-in provider, which comes back to the page one wanted', async () => {
    server.use(http.get(api('/auth/methods'), () => HttpResponse.json({ oidc: { name: 'Example ID', start_at: '/api/v1/auth/oidc/start' } })));
    renderApp('/login?next=%2Fadmin%2Fhealth%3Fq%3Dx');
    const link = await screen.findByRole('link', { name: 'Sign in with Example ID' });
    expect(link).toHaveAttribute('href', `/api/v1/auth/oidc/start?next=${encodeURIComponent('/admin/health?q=x')}`);
    expect(await axeFindings()).toEqual([]);
  });

  it('says why the provider did not lead in, in words of our own', async () => {
    const { unmount } = renderApp('/login?refused=no_role');
    expect(await screen.findByRole('alert')).toHaveTextContent('none of your groups has a role here');
    unmount();
    renderApp('/login?refused=Call+0900');
    expect(await screen.findByRole('alert')).toHaveTextContent('cannot be trusted');
    expect(screen.queryByText(/0900/)).not.toBeInTheDocument();
    expect(screen.queryByRole('link', { name: /Sign in with/ })).not.toBeInTheDocument();
  });

  it('warns of Caps Lock', async () => {
    const { user } = renderApp('/login');
    await user.click(await screen.findByLabelText('Password'));
    await user.keyboard('{CapsLock}A');
    expect(await screen.findByText('Caps Lock is on')).toBeInTheDocument();
  });

  it('has no accessibility findings', async () => {
    renderApp('/login');
    await screen.findByText('Belfry is ready');
    expect(await axeFindings()).toEqual([]);
  });
});

describe('the first password', () => {
  const unsettled = () => {
    const me = golden('auth/me');
    return { ...me, user: { ...me.user, must_change_password: true } };
  };

  it('must be replaced before anything else', async () => {
    let me = unsettled();
    const sent = [];
    server.use(
      http.get(api('/auth/me'), () => HttpResponse.json(me)),
      http.post(api('/auth/password'), async ({ request }) => {
        sent.push(await request.json());
        me = golden('auth/me');
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user, router } = renderApp('/admin/health');
    await user.type(await screen.findByLabelText('Current password'), 'printed-password');
    await user.type(screen.getByLabelText('New password'), 'short');
    await user.click(screen.getByRole('button', { name: 'Save password' }));
    expect(screen.getByText('At least 12 characters. This has 5')).toBeInTheDocument();
    await user.clear(screen.getByLabelText('New password'));
    await user.type(screen.getByLabelText('New password'), 'a longer one here');
    await user.type(screen.getByLabelText('New password again'), 'a longer one here');
    await user.click(screen.getByRole('button', { name: 'Save password' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/admin/health'));
    expect(sent).toEqual([{ current_password: 'printed-password', new_password: 'a longer one here' }]);
  });

  it('says at the field that the current one is wrong', async () => {
    server.use(http.get(api('/auth/me'), () => HttpResponse.json(unsettled())), http.post(api('/auth/password'), problem(403, { code: 'wrong_password', detail: 'The current password is wrong' })));
    const { user } = renderApp('/login/password');
    await user.type(await screen.findByLabelText('Current password'), 'x');
    await user.type(screen.getByLabelText('New password'), 'a longer one here');
    await user.type(screen.getByLabelText('New password again'), 'a longer one here');
    await user.click(screen.getByRole('button', { name: 'Save password' }));
    expect(await screen.findByText('The current password is wrong')).toBeInTheDocument();
  });
});

describe('an ended session', () => {
  it('of somebody whom the provider knows is begun anew in another tab', async () => {
    const me = golden('auth/me');
    server.use(
      http.get(api('/auth/me'), () => HttpResponse.json({ ...me, user: { ...me.user, source: 'oidc' } })),
      http.get(api('/auth/methods'), () => HttpResponse.json({ oidc: { name: 'Example ID', start_at: '/api/v1/auth/oidc/start' } })),
    );
    const { client } = renderApp('/admin/settings/profile');
    expect(await screen.findByText('This one')).toBeInTheDocument();
    expect(screen.queryByLabelText('New password')).not.toBeInTheDocument();
    server.use(http.get(api('/admin/health/services'), problem(401)));
    await client.invalidateQueries({ queryKey: ['health', 'services'] });
    await screen.findByRole('dialog', { name: 'Your session ended' });
    expect(await screen.findByRole('link', { name: 'Sign in with Example ID' })).toHaveAttribute('target', '_blank');
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('asks to sign in over the page, keeps what was typed, and goes on', async () => {
    const { user, client } = renderApp('/admin/settings/profile');
    await user.type(await screen.findByLabelText('New password'), 'half typed');
    server.use(http.get(api('/admin/health/services'), problem(401)));
    await client.invalidateQueries({ queryKey: ['health', 'services'] });
    const dialog = await screen.findByRole('dialog', { name: 'Your session ended' });
    expect(dialog).toBeInTheDocument();
    server.resetHandlers();
    await user.type(screen.getByLabelText('Password', { selector: '[role="dialog"] input' }), 'correct horse battery');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(screen.getByLabelText('New password')).toHaveValue('half typed');
  });
});
