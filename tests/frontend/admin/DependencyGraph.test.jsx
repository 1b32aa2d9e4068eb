import { act, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { DependencyGraph } from '../../../frontend/src/components/admin/DependencyGraph.jsx';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';
import { cardOf, openPage } from './healthPage.jsx';

atGoldenTime();

const cards = new Map(golden('health/board').services.map((service) => [service.id, service]));

const draw = (map = golden('health/dependencies'), props = {}) => {
  const onSelect = vi.fn();
  const page = render(<DependencyGraph map={map} services={cards} selectedId="" onSelect={onSelect} height="480px" {...props} />);
  return { ...page, onSelect };
};

const node = (id) => document.querySelector(`.react-flow__node[data-id="${id}"]`);
const statusOf = (id) => node(id).querySelector('[data-status]').dataset.status;

it('F2.1.3: draws each service and its connections, with health carried along them', async () => {
  draw();
  const map = golden('health/dependencies');
  expect(document.querySelectorAll('.react-flow__node-service')).toHaveLength(map.nodes.length);
  await waitFor(() => expect(document.querySelectorAll('.react-flow__edge')).toHaveLength(map.edges.length));
  expect(statusOf('ledger-db')).toBe('down');
  expect(node('ledger-db')).toHaveTextContent('down 6 min');
  expect(node('ledger-db')).toHaveTextContent('Root cause');
  expect(statusOf('payments-api')).toBe('degraded');
  expect(node('payments-api')).toHaveTextContent('own healthy');
  expect(statusOf('storefront')).toBe('healthy');
  expect(node('storefront')).toHaveTextContent(/2$/); // at risk by two root causes
  expect(node('storefront')).toHaveAccessibleName('storefront: own healthy, effective healthy, at risk by ledger-db, search');
});

it('F2.1.3: shows own status when asked', async () => {
  const { user } = draw();
  await user.click(screen.getByRole('button', { name: 'Own' }));
  expect(statusOf('payments-api')).toBe('healthy');
  expect(statusOf('ledger-db')).toBe('down');
  expect(node('storefront')).toHaveTextContent('storefronthealthy');
});

it('follows edges with the arrow keys and selects with Enter', async () => {
  const { user, onSelect } = draw();
  act(() => node('checkout').focus());
  await user.keyboard('{ArrowDown}');
  expect(node('payments-api')).toHaveFocus();
  await user.keyboard('{ArrowDown}');
  expect(node('ledger-db')).toHaveFocus();
  await user.keyboard('{ArrowUp}{ArrowUp}{ArrowUp}');
  expect(node('storefront')).toHaveFocus();
  await user.keyboard('{ArrowDown}{ArrowRight}{Enter}');
  expect(onSelect).toHaveBeenCalledWith('identity');
});

it('shows the way from the service that feels it to the root cause', async () => {
  const { user, onSelect } = draw(undefined, { selectedId: 'ledger-db' });
  const path = screen.getByRole('group', { name: 'Path of ledger-db' });
  expect(within(path).getAllByRole('button').map((step) => step.textContent)).toEqual(['storefront', 'checkout', 'payments-api', 'ledger-db']);
  await user.click(within(path).getByRole('button', { name: 'checkout' }));
  expect(onSelect).toHaveBeenCalledWith('checkout');
});

it('answers what if, without changing anything', async () => {
  const { user, onSelect } = draw();
  await user.click(screen.getByRole('button', { name: 'What if' }));
  expect(screen.getByRole('status')).toHaveTextContent('What if: nothing is really changed. Choose services to assume down.');
  act(() => node('inventory').focus());
  await user.keyboard('{Enter}');
  expect(screen.getByRole('status')).toHaveTextContent('With inventory down, catalog-api and checkout would be degraded');
  expect(statusOf('catalog-api')).toBe('degraded');
  expect(node('inventory')).toHaveTextContent('assumed down');
  expect(onSelect).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'End what if' }));
  expect(statusOf('catalog-api')).toBe('healthy');
});

it('is a table, too', async () => {
  const { user } = draw();
  await user.click(screen.getByRole('button', { name: 'As table' }));
  const row = screen.getByRole('row', { name: /^payments-api/ });
  expect(row).toHaveTextContent('payments-apiHealthyDegradedledger-dbledger-dbcheckout');
  expect(screen.getByRole('row', { name: /^ledger-db/ })).toHaveTextContent('Root cause');
  expect(await axeFindings()).toEqual([]);
});

it('frames a cycle and counts it as one root cause', () => {
  const member = { ...golden('health/dependencies').nodes[0] };
  const nodes = ['a', 'b', 'c'].map((id) => ({ ...member, id, name: id, root_causes: ['a', 'b', 'c'] }));
  const edges = [['a', 'b'], ['b', 'c'], ['c', 'a']].map(([source, target]) => ({ source, target, kind: 'required', impaired: true }));
  draw({ nodes, edges, cycles: [['a', 'b', 'c']], root_causes: [] });
  expect(screen.getByText('Cycle of 3, one root cause')).toBeInTheDocument();
});

it('folds groups over 60 nodes, finds a service, and opens a group', async () => {
  const map = golden('health/dependencies');
  const nodes = Array.from({ length: 120 }, (_, at) => ({ ...map.nodes[at === 7 ? 0 : 11], id: `svc-${at}`, name: `svc-${at}`, group: `Team ${at % 6}` }));
  const edges = nodes.slice(1).map((one, at) => ({ source: one.id, target: nodes[Math.floor(at / 2)].id, kind: 'required', impaired: false }));
  const { user } = draw({ ...map, nodes, edges, cycles: [] });
  expect(document.querySelectorAll('.react-flow__node-service')).toHaveLength(6);
  expect(node('group:Team 1')).toHaveTextContent('1 of 20 down');
  expect(node('group:Team 2')).toHaveTextContent('20 healthy');
  await user.type(screen.getByRole('textbox', { name: 'Find a service in the map' }), 'svc-8');
  act(() => node('group:Team 2').focus());
  await user.keyboard('{Enter}');
  expect(node('svc-8')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Fold groups' }));
  expect(node('svc-8')).not.toBeInTheDocument();
});

it('F2.1.3: a choice in the graph chooses the card, and the address keeps it', async () => {
  const { user, router } = await openPage('', () => screen.findByRole('group', { name: 'Status shown' }));
  await waitFor(() => expect(node('checkout')).toBeInTheDocument());
  act(() => node('checkout').focus());
  await user.keyboard('{Enter}');
  await waitFor(() => expect(router.state.location.search).toBe('?selected=checkout'));
  expect(await screen.findByRole('group', { name: 'Path of checkout' })).toHaveTextContent('checkoutpayments-apiledger-db');
  await user.click(screen.getByRole('button', { name: 'Show the graph alone' }));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Services' })).not.toBeInTheDocument());
  await user.click(screen.getByRole('button', { name: 'Split' }));
  await waitFor(() => expect(cardOf('checkout')).toBeInTheDocument());
});

it('says so when the map does not load', async () => {
  server.use(http.get(api('/admin/health/dependencies'), problem(503, { service: 'health_svc' }), { once: true }));
  const { user } = await openPage('', () => screen.findByText('Could not load the dependencies.'));
  await user.click(screen.getByRole('button', { name: 'Try now' }));
  expect(await screen.findByRole('group', { name: 'Status shown' })).toBeInTheDocument();
});

it('is a table with the path on a phone', async () => {
  vi.spyOn(window, 'matchMedia').mockImplementation((query) => ({ matches: query.includes('720'), media: query, addEventListener() {}, removeEventListener() {} }));
  server.use(http.get(api('/admin/health/dependencies'), () => HttpResponse.json(golden('health/dependencies'))));
  await openPage('?selected=ledger-db', () => screen.findByRole('group', { name: 'Path of ledger-db' }));
  expect(screen.getByRole('region', { name: 'Dependencies as a table' })).toBeInTheDocument();
  expect(document.querySelector('.react-flow')).not.toBeInTheDocument();
});
