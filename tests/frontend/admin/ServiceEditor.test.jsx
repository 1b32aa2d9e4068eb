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

const openNew = async () => {
  const page = await openPage('?panel=add', () => screen.findByText('What is checked?'));
  return { ...page, drawer: screen.getByRole('dialog', { name: 'Add service' }) };
};

/** Catches the body of the next change. */
const catchBody = (method, path, answer = golden('health/service_detail'), status = 200) => {
  const caught = {};
  server.use(
    http[method](api(path), async ({ request }) => {
      caught.body = await request.json();
      caught.match = request.headers.get('If-Match');
      return HttpResponse.json(answer, { status });
    }),
  );
  return caught;
};

/** A service that may be edited, as `search` is in the golden board. */
const editable = (changes = {}) => {
  const detail = golden('health/service_detail');
  const service = golden('health/board').services.find(({ id }) => id === 'search');
  const spec = { ...detail.spec, id: 'search', name: 'search', checks: [{ kind: 'http', url: 'https://search.shop/health' }], ...changes };
  return { ...detail, service, spec, version: 3 };
};

it('starts with ten kinds and asks only for the fields of the chosen one', async () => {
  const { user, drawer } = await openNew();
  const tiles = within(drawer).getAllByRole('button').map((button) => button.querySelector('b')?.textContent).filter(Boolean);
  expect(tiles).toEqual(['HTTP', 'TCP', 'TLS', 'DNS', 'Ping', 'gRPC', 'PostgreSQL', 'NATS', 'WebSocket', 'Heartbeat']);
  await user.click(within(drawer).getByRole('button', { name: /^DNS/ }));
  expect(within(drawer).getByRole('textbox', { name: 'Ask this server' })).toBeInTheDocument();
  expect(within(drawer).queryByRole('textbox', { name: 'Address' })).not.toBeInTheDocument();
  await user.click(within(drawer).getByRole('button', { name: 'Change the kind' }));
  expect(within(drawer).getByText('What is checked?')).toBeInTheDocument();
  expect(await axeFindings(drawer)).toEqual([]);
});

it('adds a service: the name proposes the id, defaults are left out, thresholds are words', async () => {
  const { user, drawer, router } = await openNew();
  const caught = catchBody('post', services, golden('health/service_detail'), 201);
  await user.click(within(drawer).getByRole('button', { name: /^HTTP/ }));
  await user.type(within(drawer).getByRole('textbox', { name: 'Name' }), 'Shop API (EU)');
  expect(within(drawer).getByRole('textbox', { name: 'Id' })).toHaveValue('shop-api-eu');
  await user.type(within(drawer).getByRole('textbox', { name: 'Address' }), 'https://shop.example.com/health');
  expect(drawer).toHaveTextContent('Down after 3 failures in a row, about 1 min 30 s.');
  await user.click(within(drawer).getByRole('button', { name: 'Add service' }));
  await waitFor(() => expect(caught.body).toEqual({ id: 'shop-api-eu', name: 'Shop API (EU)', checks: [{ kind: 'http', url: 'https://shop.example.com/health' }] }));
  await waitFor(() => expect(router.state.location.search).toBe('?selected=ledger-db'));
});

it('ties what the server says to its fields, focuses the first and counts them', async () => {
  server.use(http.post(api(services), problem(422, { errors: [{ field: 'checks[0].url', message: 'must start with https://' }, { field: 'checks[0].tls_warn_days', message: 'must be 0 or more' }] })));
  const { user, drawer } = await openNew();
  await user.click(within(drawer).getByRole('button', { name: /^HTTP/ }));
  await user.click(within(drawer).getByRole('button', { name: 'Add service' }));
  const address = within(drawer).getByRole('textbox', { name: 'Address' });
  await waitFor(() => expect(address).toHaveFocus());
  expect(address).toHaveAccessibleDescription(/Must start with https/);
  expect(drawer).toHaveTextContent('2 fields to fix');
  expect(within(drawer).getByText('Must be 0 or more')).toBeVisible();
});

it('tries the unsaved service and shows what it found at the side', async () => {
  const { user, drawer } = await openNew();
  await user.click(within(drawer).getByRole('button', { name: /^TCP/ }));
  const seen = await requestsDuring(async () => {
    await user.click(within(drawer).getByRole('button', { name: 'Try it' }));
    expect(await within(drawer).findByRole('complementary', { name: 'Result of the try' })).toHaveTextContent('Tried, not saved');
    expect(await within(drawer).findByText(/asked for by hand/)).toBeInTheDocument();
  });
  expect(seen).toContain('POST /admin/health/try');
  expect(seen).not.toContain(`POST ${services}`);
});

it('shows the same as YAML', async () => {
  const { user, drawer } = await openNew();
  await user.click(within(drawer).getByRole('button', { name: /^HTTP/ }));
  await user.type(within(drawer).getByRole('textbox', { name: 'Name' }), 'Shop');
  await user.type(within(drawer).getByRole('textbox', { name: 'Address' }), 'https://shop.example.com');
  await user.click(within(drawer).getByRole('button', { name: 'YAML' }));
  expect(within(drawer).getByRole('figure', { name: 'As YAML' })).toHaveTextContent('services: - id: shop name: Shop checks: - kind: http url: "https://shop.example.com"');
});

it('warns before a dependency closes a circle', async () => {
  serveDetail(editable());
  const { user } = await openPage('?panel=edit&service=search', () => screen.findByRole('dialog', { name: 'search' }));
  const drawer = screen.getByRole('dialog', { name: 'search' });
  await user.click(within(drawer).getByRole('combobox', { name: 'Add a dependency' }));
  await user.click(await screen.findByRole('option', { name: 'catalog-api' }));
  expect(within(drawer).getByText(/catalog-api already depends on this service, so this closes a circle/)).toBeInTheDocument();
  await user.selectOptions(within(drawer).getByRole('combobox', { name: 'How it needs catalog-api' }), 'limited');
  await user.click(within(drawer).getByRole('button', { name: 'No longer depends on catalog-api' }));
  expect(within(drawer).queryByText(/closes a circle/)).not.toBeInTheDocument();
});

it('edits headers, statements and further checks', async () => {
  serveDetail(editable());
  const caught = catchBody('put', `${services}/search`);
  const { user } = await openPage('?panel=edit&service=search', () => screen.findByRole('dialog', { name: 'search' }));
  const drawer = screen.getByRole('dialog', { name: 'search' });
  await user.click(within(drawer).getByText('More about this check'));
  await user.click(within(drawer).getAllByRole('button', { name: 'Add a row' })[0]);
  await user.type(within(drawer).getByRole('textbox', { name: 'Request headers, name 1' }), 'Accept');
  await user.type(within(drawer).getByRole('textbox', { name: 'Request headers, value 1' }), 'text/plain');
  await user.click(within(drawer).getByRole('button', { name: 'Add a statement' }));
  await user.type(within(drawer).getByRole('textbox', { name: 'Path 1' }), '$.lag');
  await user.selectOptions(within(drawer).getByRole('combobox', { name: 'Operator 1' }), '<');
  await user.type(within(drawer).getByRole('textbox', { name: 'Value 1' }), '30');
  await user.click(within(drawer).getByRole('switch', { name: 'Verify the certificate' }));
  await user.click(within(drawer).getByRole('button', { name: 'Another check' }));
  await user.click(within(drawer).getByRole('button', { name: /^Heartbeat/ }));
  await user.click(within(drawer).getByRole('button', { name: 'Save service' }));
  await waitFor(() => expect(caught.body?.checks).toEqual([
    { kind: 'http', url: 'https://search.shop/health', headers: { Accept: 'text/plain' }, assertions: [{ path: '$.lag', operator: '<', value: 30 }], verify_tls: false },
    { kind: 'heartbeat' },
  ]));
  expect(caught.match).toBe('"3"');
});

it('loses nothing when someone else saved first: theirs can be loaded, mine saved over it', async () => {
  serveDetail(editable());
  server.use(http.put(api(`${services}/search`), problem(412, { detail: 'Version 4 is newer' }), { once: true }));
  const { user } = await openPage('?panel=edit&service=search', () => screen.findByRole('dialog', { name: 'search' }));
  const drawer = screen.getByRole('dialog', { name: 'search' });
  await user.type(within(drawer).getByRole('textbox', { name: 'Name' }), '!');
  await user.click(within(drawer).getByRole('button', { name: 'Save service' }));
  expect(await within(drawer).findByText('Someone saved another version meanwhile.')).toBeInTheDocument();
  const caught = catchBody('put', `${services}/search`);
  serveDetail({ ...editable(), version: 4 });
  await user.click(within(drawer).getByRole('button', { name: 'Save mine over it' }));
  await waitFor(() => expect(caught.match).toBe('"4"'));
  expect(caught.body.name).toBe('search!');
});

it('loads the newer version on a conflict when asked', async () => {
  serveDetail(editable());
  server.use(http.put(api(`${services}/search`), problem(412)));
  const { user } = await openPage('?panel=edit&service=search', () => screen.findByRole('dialog', { name: 'search' }));
  await user.click(screen.getByRole('button', { name: 'Save service' }));
  await screen.findByText('Someone saved another version meanwhile.');
  serveDetail({ ...editable({ name: 'search two' }), version: 4 });
  await user.click(screen.getByRole('button', { name: 'Load theirs' }));
  expect(await screen.findByDisplayValue('search two')).toBeInTheDocument();
});

it('shows a service of the file read only, with path and line', async () => {
  await openPage('?panel=edit&service=ledger-db', () => screen.findByText(/This service stands in belfry.yaml, line 4/));
  expect(screen.getByRole('figure', { name: 'As YAML' })).toHaveTextContent('id: ledger-db');
  expect(screen.queryByRole('button', { name: 'Save service' })).not.toBeInTheDocument();
});

it('asks before changes are thrown away', async () => {
  const { user, drawer, router } = await openNew();
  await user.click(within(drawer).getByRole('button', { name: /^HTTP/ }));
  await user.click(within(drawer).getByRole('button', { name: 'Cancel' }));
  await user.click(within(drawer).getByRole('button', { name: 'Keep editing' }));
  await user.click(within(drawer).getByRole('button', { name: 'Cancel' }));
  await user.click(within(drawer).getByRole('button', { name: 'Discard changes' }));
  await waitFor(() => expect(router.state.location.search).toBe(''));
});

it('deletes a service after saying what goes with it', async () => {
  const { user, router } = await openPage('?open=search&panel=remove&service=search', () => screen.findByRole('dialog', { name: 'Delete search?' }));
  expect(await screen.findByText(/payments-api depends on it/)).toBeInTheDocument();
  const seen = await requestsDuring(async () => {
    await user.click(screen.getByRole('button', { name: 'Delete search' }));
    await waitFor(() => expect(router.state.location.search).toBe(''));
  });
  expect(seen).toContain(`DELETE ${services}/search`);
});

it('mutes a service from its card by a maintenance window', async () => {
  const caught = catchBody('post', '/admin/health/maintenance', golden('health/maintenance').maintenance[0], 201);
  const { user, router } = await openPage('?open=ledger-db', () => screen.findByRole('slider'));
  await user.click(screen.getByRole('button', { name: 'Mute ledger-db for maintenance' }));
  const dialog = await screen.findByRole('dialog', { name: 'Mute ledger-db' });
  await user.click(within(dialog).getByRole('button', { name: '2 h' }));
  await user.type(within(dialog).getByRole('textbox', { name: 'Why' }), 'New disks');
  await user.click(within(dialog).getByRole('button', { name: 'Mute ledger-db' }));
  await waitFor(() => expect(caught.body).toMatchObject({ title: 'New disks', service_ids: ['ledger-db'], groups: [], duration_seconds: 7200 }));
  await waitFor(() => expect(router.state.location.search).toBe('?open=ledger-db'));
});

it('mutes a whole group for so many minutes, and ends a window that runs', async () => {
  const caught = catchBody('post', '/admin/health/maintenance', golden('health/maintenance').maintenance[0], 201);
  server.use(http.delete(api('/admin/health/maintenance/:id'), () => new HttpResponse(null, { status: 204 })));
  const { user } = await openPage('?panel=mute&service=notifications', () => screen.findByRole('button', { name: 'End now' }));
  const seen = await requestsDuring(async () => {
    await user.click(screen.getByRole('button', { name: 'End now' }));
    await user.click(screen.getByRole('button', { name: 'Other' }));
    await user.clear(screen.getByRole('textbox', { name: 'Minutes' }));
    await user.type(screen.getByRole('textbox', { name: 'Minutes' }), '45');
    await user.click(screen.getByRole('button', { name: /^All of Shop/ }));
    await user.click(screen.getByRole('button', { name: 'Mute Shop' }));
    await waitFor(() => expect(caught.body).toMatchObject({ title: 'Work on Shop', service_ids: [], groups: ['Shop'], duration_seconds: 2700 }));
  });
  expect(seen).toContain('DELETE /admin/health/maintenance/mnt-7');
});
