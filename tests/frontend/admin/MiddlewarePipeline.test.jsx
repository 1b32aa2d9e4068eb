import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { asViewer, goldenOrder, onChange, onPhone, openPage, pipelineWith, row, searchOf, serve, settled, shownOrder } from './middlewarePage.jsx';

atGoldenTime();

const node = (id) => document.querySelector(`.react-flow__node[data-id="${id}"]`);
const graph = () => waitFor(() => expect(node('handler')).toBeInTheDocument());
const unavailable = problem(503, { title: 'Unavailable', service: 'pipeline_svc' });

describe('the request path', () => {
  it('F2.4.1, F2.4.4: request, each step in order with its average time, handler', async () => {
    const { user } = await openPage();
    await graph();
    expect([...document.querySelectorAll('.react-flow__node-step')].map((one) => one.dataset.id)).toEqual(goldenOrder);
    expect(node('auth')).toHaveAccessibleName('13. auth, Auth, 0.41 ms on average');
    expect(node('handler')).toHaveTextContent('Handler1.91 ms');
    expect(node('cache')).toHaveTextContent('off');
    const edges = await waitFor(() => {
      const found = [...document.querySelectorAll('.react-flow__edge')].map((edge) => edge.dataset.id);
      expect(found.length).toBeGreaterThan(10);
      return found;
    });
    expect(edges[0]).toBe('request request_id');
    expect(edges.at(-1)).toBe('circuit_breaker handler'); // what is off is passed by
    await user.click(screen.getByRole('button', { name: 'P95' }));
    expect(node('auth')).toHaveAccessibleName('13. auth, Auth, 0.98 ms at P95');
  });

  it('lights the row of the step under the pointer, and the other way round; a click opens its settings', async () => {
    const page = await openPage();
    await graph();
    fireEvent.mouseEnter(node('auth'));
    await waitFor(() => expect(row('auth').querySelector('[data-lit]')).toBeInTheDocument());
    fireEvent.mouseLeave(node('auth'));
    await page.user.hover(within(row('cors')).getByText('cors'));
    expect(node('cors').querySelector('[data-lit]')).toBeInTheDocument();
    fireEvent.click(node('auth'));
    await waitFor(() => expect(searchOf(page)).toBe('?panel=settings&step=auth'));
  });

  it('is walked along with arrow keys', async () => {
    const page = await openPage();
    await graph();
    act(() => node('cors').focus());
    await page.user.keyboard('{ArrowRight}{ArrowDown}{ArrowLeft}');
    expect(node('errors')).toHaveFocus();
    await page.user.keyboard('{Enter}');
    await waitFor(() => expect(searchOf(page)).toContain('step=errors'));
  });

  it('is a list on a phone, and steps are moved by Up and Down', async () => {
    onPhone();
    const { user } = await openPage();
    const list = await screen.findByRole('list', { name: 'Request path' });
    expect(within(list).getAllByRole('button').map((button) => button.textContent)).toContain('auth0.41 ms');
    expect(screen.queryByRole('button', { name: 'Move rate_limit' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Move rate_limit down' }));
    expect(shownOrder().slice(13, 15)).toEqual(['cache', 'rate_limit']);
    expect(screen.getByRole('button', { name: 'Move request_id up' })).toHaveAccessibleDescription(/first step/);
    expect(await axeFindings()).toEqual([]);
  });
});

describe('the steps', () => {
  it('I2.4.1, R2.4.1, F2.4.4: come with the page: id, order, switch and average of each', async () => {
    await openPage();
    expect(shownOrder()).toEqual(goldenOrder);
    const cells = within(row('rate_limit')).getAllByRole('cell').map((cell) => cell.textContent);
    expect(cells.slice(1, 7)).toEqual(['14', 'Rate', '0.18 ms', '0.37 ms', '753/s', '14/s']);
    expect(within(row('rate_limit')).getByRole('rowheader')).toHaveTextContent('600 per 60 s for each user');
    expect(screen.getByRole('switch', { name: 'cache' })).not.toBeChecked();
  });

  it('F2.4.3, I2.4.3: a switch patches at once, and shows what it will be', async () => {
    const sent = onChange('patch', '/cache', () => pipelineWith({ revision: 43 }, { cache: { enabled: true } }));
    const { user } = await openPage();
    await user.click(screen.getByRole('switch', { name: 'cache' }));
    expect(screen.getByRole('switch', { name: 'cache' })).toBeChecked();
    await screen.findByText(/Revision 43 is saved/);
    expect(sent.bodies).toEqual([{ enabled: true }]);
    expect(screen.getByRole('switch', { name: 'cache' })).toBeChecked();
  });

  it('F2.4.3: a switch that is refused goes back, and says why', async () => {
    server.use(http.patch(api('/admin/middleware/compression'), problem(422, { title: 'Invalid input', detail: 'x not without compression' })));
    const { user } = await openPage();
    await user.click(screen.getByRole('switch', { name: 'compression' }));
    expect(await within(row('compression')).findByRole('alert')).toHaveTextContent('compression stays on. Invalid input. x not without compression.');
    expect(screen.getByRole('switch', { name: 'compression' })).toBeChecked();
    await user.click(within(row('compression')).getByRole('button', { name: 'Close' }));
    expect(within(row('compression')).queryByRole('alert')).not.toBeInTheDocument();
  });

  it('what may not be switched explains itself', async () => {
    serve(pipelineWith({}, { fault_injection: { enabled: true }, cache: { known: false } }));
    const { user } = await openPage();
    for (const [id, why] of [['auth', /Always on/], ['timeout', /fault_injection needs it/], ['cache', /no such step/]]) {
      const control = screen.getByRole('switch', { name: id });
      const before = control.getAttribute('aria-checked');
      expect(control).toHaveAccessibleDescription(why);
      await user.click(control);
      expect(control).toHaveAttribute('aria-checked', before);
    }
    expect(row('cache')).toHaveTextContent('Not in this gateway, kept off');
  });

  it('tells errors of a step only where there are some', async () => {
    const { stats } = pipelineWith().steps[12];
    serve(pipelineWith({}, { auth: { stats: { ...stats, errors: 3 } } }));
    await openPage();
    expect(within(row('auth')).getByText('3 errors')).toBeInTheDocument();
    expect(screen.getAllByText(/^\d+ errors?$/)).toHaveLength(1);
  });

  it('a viewer sees all of it, without handles and switches', async () => {
    asViewer();
    await openPage();
    expect(screen.queryByRole('switch')).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Move/ })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Roll back/ })).not.toBeInTheDocument();
    expect(row('cache')).toHaveTextContent('Off');
    expect(screen.getByRole('button', { name: 'Apply without restart' })).toHaveAccessibleDescription('Needs the admin role');
    expect(screen.getByRole('button', { name: 'Settings of auth' })).toBeEnabled();
  });

  it('j and k go from row to row', async () => {
    const { user } = await openPage();
    await user.keyboard('jj');
    expect(row('access_log')).toContainElement(document.activeElement);
    await user.keyboard('kk');
    expect(row('fault_injection')).toContainElement(document.activeElement);
  });
});

describe('the banner', () => {
  it('I2.4.4, R2.4.3: says that a restart is required, and applies without one', async () => {
    const sent = onChange('post', '/pipeline/apply', () => pipelineWith(settled()));
    const page = await openPage();
    expect(screen.getByText('Restart required.').parentElement).toHaveTextContent('Revision 42 is saved. Both gateways still run revision 41.');
    await page.user.click(screen.getByRole('button', { name: 'Apply without restart' }));
    expect(await screen.findByText('Revision 42 runs everywhere.')).toBeInTheDocument();
    expect(screen.getByText('gw-0 runs 42, gw-1 runs 42.')).toBeInTheDocument();
    expect(sent.bodies).toEqual([{ revision: 42 }]);
    await page.user.click(screen.getByRole('button', { name: 'Close' }));
    expect(screen.queryByText('Revision 42 runs everywhere.')).not.toBeInTheDocument();
  });

  it('shows what would change', async () => {
    const page = await openPage();
    await page.user.click(screen.getByRole('button', { name: 'Show changes' }));
    expect(searchOf(page)).toBe('?panel=diff&revision=42&against=41');
  });

  it('tells which gateway kept the old one, and why; an apply that came too late is told in words', async () => {
    const [first, second] = pipelineWith().nodes;
    serve(pipelineWith({ running_revision: null, nodes: [{ ...first, revision: 42 }, { ...second, rejected_revision: 42, error: 'rate_limit: unknown store redis' }] }));
    server.use(http.post(api('/admin/middleware/pipeline/apply'), problem(409, { title: 'Conflict', detail: 'Revision 43 is the latest' })));
    const { user } = await openPage();
    expect(screen.getByText(/gw-0 runs 42, gw-1 runs 41\./)).toBeInTheDocument();
    expect(screen.getByText('gw-1 kept 41: rate_limit: unknown store redis.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Apply without restart' }));
    expect(await screen.findByText('Conflict. Revision 43 is the latest.')).toBeInTheDocument();
  });

  it('counts down while a risky revision runs on trial, until someone keeps it', async () => {
    const until = new Date(goldenNow.getTime() + 60_000).toISOString();
    serve(pipelineWith({ ...settled(), confirmation: { revision: 42, returns_to: 41, applied_by: 'ana', until } }));
    const sent = onChange('post', '/pipeline/confirm', () => pipelineWith(settled()));
    const { user } = await openPage();
    expect(screen.getByText('Revision 42 runs on trial.').parentElement).toHaveTextContent(/41 comes back .*60 seconds unless someone keeps it\. Applied by ana\./);
    expect(await axeFindings()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Keep revision 42' }));
    expect(await screen.findByText('Revision 42 runs everywhere.')).toBeInTheDocument();
    expect(sent.bodies).toEqual([{ revision: 42 }]);
  });

  it('looks again when the time to keep it is over', async () => {
    const until = new Date(goldenNow.getTime() + 100).toISOString();
    serve(pipelineWith({ ...settled(), confirmation: { revision: 42, returns_to: 41, applied_by: 'ana', until } }));
    await openPage();
    serve(pipelineWith({ ...settled(43), comment: 'Revision 41 came back: 42 was not confirmed in time', updated_by: 'belfry' }));
    await waitFor(() => expect(screen.queryByText('Revision 42 runs on trial.')).not.toBeInTheDocument());
  });

  it('is there for a gateway that could read no revision, and when no gateway says anything', async () => {
    const [first] = pipelineWith().nodes;
    serve(pipelineWith({ ...settled(), nodes: [{ ...first, revision: 42, origin: 'copy' }] }));
    const { client } = await openPage();
    expect(screen.getByText(/gw-0 runs the last revision it could read, 42/)).toBeInTheDocument();
    serve(pipelineWith({ nodes: [], running_revision: null, restart_required: false }));
    await act(() => client.invalidateQueries({ queryKey: ['middleware', 'pipeline'] }));
    expect(await screen.findByText('No gateway says what it runs.')).toBeInTheDocument();
  });
});

describe('its states', () => {
  it('shows the layout in grey, then what failed', async () => {
    server.use(http.get(api('/admin/middleware/pipeline'), unavailable));
    await openPage('', () => screen.findByText('Could not load the pipeline.'));
    expect(screen.getByText('pipeline_svc does not answer (503).')).toBeInTheDocument();
  });

  it('keeps the last data when a refresh fails', async () => {
    const { client } = await openPage();
    server.use(http.get(api('/admin/middleware/pipeline'), unavailable));
    await act(() => client.invalidateQueries({ queryKey: ['middleware', 'pipeline'] }));
    expect(await screen.findByText(/pipeline_svc does not answer \(503\)/)).toBeInTheDocument();
    expect(shownOrder()).toEqual(goldenOrder);
  });

  it('says that nothing was measured yet', async () => {
    const none = { ...golden('pipeline/pipeline').steps[14].stats };
    const steps = Object.fromEntries(goldenOrder.map((id) => [id, { stats: { ...none, id }, avg_ms: null }]));
    serve(pipelineWith({ avg_ms: null, steps_avg_ms: null, handler: null }, steps));
    await openPage();
    expect(screen.getByText('No request in the last 5 min')).toBeInTheDocument();
    expect(screen.getByText('No request in the last 5 min.')).toBeInTheDocument();
    expect(within(row('auth')).getAllByTitle('no request in the last 5 min')[0]).toHaveTextContent('–');
  });

  it('tells all that is measured, for each gateway', async () => {
    const copied = vi.fn().mockResolvedValue();
    const page = await openPage();
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(copied);
    await page.user.click(screen.getByRole('button', { name: 'All numbers' }));
    const dialog = await screen.findByRole('dialog', { name: 'What each step costs' });
    const auth = () => within(dialog).getByRole('row', { name: /^auth/ }).textContent;
    expect(await within(dialog).findByText(/243,600 requests in 5 min/)).toBeInTheDocument();
    expect(auth()).toBe('auth0.41 ms0.22 ms0.98 ms2.20 ms228,600762/s2,700013 %');
    await page.user.click(within(dialog).getByRole('button', { name: 'gw-1' }));
    expect(searchOf(page)).toBe('?panel=costs&node=gw-1');
    expect(auth()).toContain('109,728');
    await page.user.click(within(dialog).getByRole('button', { name: 'Copy as CSV' }));
    expect(copied.mock.calls[0][0].split('\r\n')).toHaveLength(20);
  });

  it('has no accessibility findings', async () => {
    await openPage();
    await graph();
    expect(await axeFindings()).toEqual([]);
  });
});
