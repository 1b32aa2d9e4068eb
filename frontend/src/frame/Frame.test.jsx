import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { atGoldenTime } from '../test/clock.js';
import { gatewayChannel } from '../test/channel.js';
import { golden, goldenNow } from '../test/golden.js';
import { api, problem } from '../test/handlers.js';
import { renderApp } from '../test/renderApp.jsx';
import { server } from '../test/server.js';

atGoldenTime();
const ready = () => screen.findByRole('region', { name: 'ledger-db is down' });

describe('the frame', () => {
  it('shows only pages that exist, and how many services are down', async () => {
    renderApp();
    await ready();
    const [nav] = screen.getAllByRole('navigation', { name: 'Main' });
    expect(within(nav).getAllByRole('link').map((link) => link.textContent)).toEqual(['Belfry', 'Dashboard', 'Health1 down', 'Latency', 'Incidents3', 'Middlewarerestart', 'Alert rules', 'Settings', 'Status page']);
    expect(within(nav).getByRole('link', { name: /Dashboard/ })).toHaveAttribute('aria-current', 'page');
  });

  it('tells in the tab what is wrong', async () => {
    document.head.insertAdjacentHTML('beforeend', '<link rel="icon" href="/favicon.svg">');
    renderApp();
    await ready();
    expect(document.title).toBe('1 down, 2 firing · Dashboard · Belfry');
    expect(document.querySelector('link[rel="icon"]')).toHaveAttribute('href', '/favicon-down.svg');
  });

  it('tells how old the page is and how often it refreshes', async () => {
    renderApp();
    await ready();
    expect(screen.getByText(/refreshes every 30 s/)).toHaveTextContent('Updated');
  });

  it('offers a skip link, landmarks and one polite region', async () => {
    renderApp();
    await ready();
    expect(screen.getByRole('link', { name: 'Skip to content' })).toHaveAttribute('href', '#content');
    expect(screen.getAllByRole('banner')[0]).toContainElement(screen.getByRole('heading', { level: 1 }));
    expect(screen.getByRole('main')).toHaveAttribute('id', 'content');
    expect(document.querySelectorAll('div[aria-live="polite"][aria-atomic="true"]')).toHaveLength(1);
  });

  it('says through the live region what changed', async () => {
    const { client } = renderApp();
    await ready();
    const board = golden('health/board');
    board.services[0].effective = 'healthy';
    server.use(http.get(api('/admin/health/services'), () => HttpResponse.json(board)));
    await client.invalidateQueries({ queryKey: ['health', 'services'] });
    expect(await screen.findByText(/ledger-db is healthy/)).toBeInTheDocument();
  });

  it('answers an address where nothing is', async () => {
    renderApp('/admin/nothing');
    expect(await screen.findByText('Nothing is at this address.')).toBeInTheDocument();
  });
});

describe('the live indicator', () => {
  it('says Polling while there is no live channel', async () => {
    renderApp();
    await ready();
    expect(await screen.findByText('Polling')).toBeInTheDocument();
  });

  it('says Live while the channel speaks', async () => {
    server.use(gatewayChannel().handler);
    renderApp();
    await ready();
    expect(await screen.findByText('Live')).toBeInTheDocument();
    expect(screen.queryByText(/refreshes every/)).not.toBeInTheDocument();
  });

  it('tells why the channel is closed for good, and opens it again on demand', async () => {
    const gateway = gatewayChannel();
    server.use(gateway.handler);
    const { user } = renderApp();
    await ready();
    await screen.findByText('Live');
    gateway.end(4503, { reason: 'An admin closed the connection', reconnect: false });
    expect((await screen.findByText('Polling')).parentElement).toHaveAttribute('title', expect.stringMatching(/^An admin closed the connection\. Belfry is asked every 30 s\./));
    await user.click(screen.getByRole('button', { name: 'Reconnect' }));
    expect(await screen.findByText('Live')).toBeInTheDocument();
    expect(gateway.clients).toHaveLength(2);
  });

  it('says Stale when nothing fresh came for two intervals', async () => {
    const { client } = renderApp();
    await ready();
    server.use(http.get(api('/admin/health/services'), problem(503, { service: 'health_svc' })));
    vi.setSystemTime(goldenNow.getTime() + 61_000);
    await client.invalidateQueries({ queryKey: ['health', 'services'] });
    expect(await screen.findByText('Stale')).toBeInTheDocument();
  });

  it('says Offline with a banner when the gateway is gone', async () => {
    const { client } = renderApp();
    await ready();
    server.use(http.get(api('/*'), () => HttpResponse.error()));
    await client.invalidateQueries({ queryKey: ['health', 'services'] });
    expect(await screen.findByText('Offline')).toBeInTheDocument();
    const banner = screen.getAllByRole('alert').find((alert) => alert.textContent.includes('Everything here is'));
    expect(banner).toHaveTextContent('Belfry does not answer.');
  });
});

describe('the bell', () => {
  it('counts what fires and nobody has taken on, newest first, and acknowledges in place', async () => {
    const acknowledged = [];
    server.use(http.post(api('/admin/alerts/incidents/:id/acknowledge'), ({ params }) => {
      acknowledged.push(params.id);
      return HttpResponse.json(golden('alerts/incident'));
    }));
    const { user } = renderApp();
    await user.click(await screen.findByRole('button', { name: '2 alerts firing' }));
    const inbox = await screen.findByRole('dialog', { name: '2 alerts firing' });
    const links = within(inbox).getAllByRole('link').map((link) => link.getAttribute('href'));
    expect(links).toEqual(['/admin/incidents/2042', '/admin/incidents/2041', '/admin/incidents']);
    await user.click(within(inbox).getByRole('button', { name: 'Ack Service down: ledger-db' }));
    await waitFor(() => expect(acknowledged).toEqual(['2041']));
  });

  it('says that nothing is firing', async () => {
    server.use(http.get(api('/admin/alerts/incidents'), () => HttpResponse.json({ incidents: [], counts: {}, next_cursor: null })));
    renderApp();
    expect(await screen.findByRole('button', { name: 'Nothing is firing' })).toBeInTheDocument();
  });
});

describe('keys', () => {
  it('g then s opens the settings', async () => {
    const { user, router } = renderApp();
    await ready();
    await user.keyboard('gs');
    await waitFor(() => expect(router.state.location.pathname).toBe('/admin/settings/profile'));
  });

  it('? shows all shortcuts', async () => {
    const { user } = renderApp();
    await ready();
    await user.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toHaveTextContent('Refresh now');
  });

  it('do nothing once they are switched off', async () => {
    const { user } = renderApp();
    await ready();
    await user.click(screen.getByRole('button', { name: /signed in as ana/ }));
    await user.click(await screen.findByRole('switch', { name: 'Single-key shortcuts' }));
    await user.keyboard('{Escape}');
    await user.keyboard('?');
    expect(screen.queryByRole('dialog', { name: 'Keyboard shortcuts' })).not.toBeInTheDocument();
  });

  it('r asks again at once', async () => {
    const { user } = renderApp();
    await ready();
    let asked = 0;
    server.use(http.get(api('/admin/health/services'), () => {
      asked += 1;
      return HttpResponse.json(golden('health/board'));
    }));
    await user.keyboard('r');
    await waitFor(() => expect(asked).toBe(1));
  });
});

describe('the palette', () => {
  it('finds a service and goes there', async () => {
    const { user, router } = renderApp();
    await ready();
    await user.click(screen.getByRole('button', { name: /Search or run a command/ }));
    await user.type(await screen.findByPlaceholderText('Search or run a command'), 'ledg');
    await user.click(await screen.findByRole('button', { name: /^ledger-db/ }));
    await waitFor(() => expect(router.state.location.search).toBe('?open=ledger-db'));
  });

  it('finds connections by their address', async () => {
    const { user, router } = renderApp();
    await ready();
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByPlaceholderText('Search or run a command'), '10.4.2.18');
    await user.click(await screen.findByRole('button', { name: /^10\.4\.2\.18.*dana · 1 connection/ }));
    await waitFor(() => expect(router.state.location.search).toBe('?panel=connections&q=10.4.2.18'));
  });

  it('finds an endpoint and opens its row', async () => {
    const { user, router } = renderApp();
    await ready();
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByPlaceholderText('Search or run a command'), 'catalog/categories');
    await user.click(await screen.findByRole('button', { name: /^GET \/api\/catalog\/categories/ }));
    await waitFor(() => expect(router.state.location.search).toBe('?open=GET+catalog-api+%2Fapi%2Fcatalog%2Fcategories%2F%7Bpath%7D'));
  });

  it('checks a service and tells the result', async () => {
    const { user } = renderApp();
    await ready();
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByPlaceholderText('Search or run a command'), 'check ledger');
    await user.click(await screen.findByRole('button', { name: /Check ledger-db now/ }));
    expect(await screen.findByText(/in \d/, { selector: '.mantine-Notification-description' })).toBeInTheDocument();
  });
});

describe('the user menu', () => {
  it('switches times to UTC and remembers it', async () => {
    const { user } = renderApp();
    await ready();
    await user.click(screen.getByRole('button', { name: /signed in as ana/ }));
    await user.click(await screen.findByRole('button', { name: 'UTC' }));
    expect(localStorage.getItem('belfry.zone')).toBe('UTC');
    expect(screen.getByText(/refreshes every 30 s/)).toHaveTextContent('Updated 14:08:20');
  });

  it('signs out', async () => {
    const { user, router } = renderApp();
    await ready();
    server.use(http.get(api('/auth/me'), problem(401)));
    await user.click(screen.getByRole('button', { name: /signed in as ana/ }));
    await user.click(await screen.findByRole('button', { name: 'Sign out' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
  });
});
