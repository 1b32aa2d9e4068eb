import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { goldenOrder, layOutRows, onChange, openPage, pipelineWith, row, serve, shownOrder, withOrder } from './middlewarePage.jsx';

atGoldenTime();

const grip = (id) => screen.getByRole('button', { name: `Move ${id}` });
const spoken = () => [...document.querySelectorAll('[role="status"], [aria-live]')].map((region) => region.textContent).join(' ');
const says = (words) => waitFor(() => expect(spoken()).toContain(words));
const swapped = [...goldenOrder.slice(0, 13), 'cache', 'rate_limit', ...goldenOrder.slice(15)];

/** dnd-kit listens from the next task on, and draws after each key. */
const settle = () => act(() => new Promise((done) => setTimeout(done, 30)));
const press = async (...codes) => {
  for (const code of codes) {
    fireEvent.keyDown(document.activeElement, { code, key: code });
    await settle();
  }
};
const lift = async (id) => {
  layOutRows();
  act(() => grip(id).focus());
  await press('Space');
};

/** By the menu of the row, which needs no layout. */
const moveBy = async (user, id, way) => {
  await user.click(screen.getByRole('button', { name: `Move ${id} up or down` }));
  await user.click(await screen.findByRole('menuitem', { name: new RegExp(`^Move ${way}`) }));
};

describe('moving by keyboard', () => {
  it('F2.4.2: Space lifts, arrows move, Space drops; each is announced', async () => {
    await openPage();
    await lift('rate_limit');
    await says('rate_limit lifted, place 14 of 18. Can go to 14 to 18.');
    await press('ArrowDown');
    await says('Place 15, after cache.');
    expect(row('rate_limit')).toHaveTextContent('Drop as step 15, after cache');
    await press('Space');
    await says('rate_limit dropped at place 15, after cache.');
    expect(shownOrder()).toEqual(swapped);
    expect(screen.getByText('1 move not saved')).toBeInTheDocument();
    expect(row('rate_limit')).toHaveTextContent('rate_limitdown1');
  });

  it('F2.4.2: what constraints forbid is dimmed with the reason before the drop, and cannot be reached', async () => {
    await openPage();
    await lift('rate_limit');
    const bound = within(row('auth')).getByText('Not above auth').parentElement;
    expect(bound).toHaveTextContent('rate_limit counts by who is signed in, and auth finds that out');
    expect(row('audit').firstChild.className).toContain('forbidden');
    expect(row('cache').firstChild.className).not.toContain('forbidden');
    await press('ArrowUp');
    await says('Cannot go above auth: rate_limit counts by who is signed in, and auth finds that out.');
    expect(row('rate_limit')).toHaveTextContent('Drop as step 14, after auth');
    await press('End', 'ArrowDown');
    await says('It is the last step.');
    await press('Space');
    expect(shownOrder().at(-1)).toBe('rate_limit');
  });

  it('Escape puts it back; Home goes to its first place', async () => {
    await openPage();
    await lift('compression');
    await press('Home');
    await says('Place 2, after request_id.');
    await press('Escape');
    await says('compression is back at place 16.');
    expect(shownOrder()).toEqual(goldenOrder);
    expect(screen.queryByText(/not saved/)).not.toBeInTheDocument();
  });

  it('a step with one place only says why', async () => {
    await openPage();
    expect(screen.getByRole('button', { name: 'request_id cannot be moved' })).toHaveAccessibleDescription('It has no other place. Not below access_log: Every other step names the request by its id.');
  });
});

describe('moving by pointer', () => {
  it('F2.4.2: follows the mouse, and goes no further than it may', async () => {
    await openPage();
    layOutRows();
    const at = (y) => ({ clientX: 10, clientY: y, isPrimary: true, button: 0 });
    fireEvent.pointerDown(grip('rate_limit'), at(13 * 31 + 15));
    await settle();
    fireEvent.pointerMove(document, at(13 * 31 + 25));
    await settle();
    fireEvent.pointerMove(document, at(14 * 31 + 25));
    await settle();
    expect(row('rate_limit')).toHaveTextContent('Drop as step 15, after cache');
    fireEvent.pointerMove(document, at(100));
    await settle();
    fireEvent.pointerMove(document, at(90));
    await settle();
    expect(row('rate_limit')).toHaveTextContent('Drop as step 14, after authNot above auth: rate_limit counts by');
    fireEvent.pointerMove(document, at(14 * 31 + 25));
    await settle();
    fireEvent.pointerUp(document, at(14 * 31 + 25));
    await settle();
    expect(shownOrder()).toEqual(swapped);
  });
});

describe('moving without dragging', () => {
  it('F2.4.2: Up and Down in the menu of the row do the same, or say why not', async () => {
    const { user } = await openPage();
    await moveBy(user, 'rate_limit', 'up');
    expect(shownOrder()).toEqual(goldenOrder);
    expect(screen.getByRole('menuitem', { name: /^Move up/ })).toHaveTextContent('Not above auth: rate_limit counts by who is signed in');
    await user.click(screen.getByRole('menuitem', { name: 'Move down' }));
    expect(shownOrder()).toEqual(swapped);
    expect(await axeFindings()).toEqual([]);
  });
});

describe('saving an order', () => {
  it('I2.4.2, R2.4.3: puts the whole new order with a comment, and says that a restart is required', async () => {
    const sent = onChange('put', '/pipeline', ({ order }) => withOrder(order, { revision: 43 }));
    const { user } = await openPage();
    await moveBy(user, 'rate_limit', 'down');
    await user.click(screen.getByRole('button', { name: 'Save order' }));
    const form = await screen.findByRole('dialog');
    expect(within(form).getByRole('list', { name: 'Moves' })).toHaveTextContent('rate_limit14 → 15');
    await user.type(within(form).getByLabelText('Comment'), 'Cached first{Enter}');
    await waitFor(() => expect(screen.queryByText('1 move not saved')).not.toBeInTheDocument());
    expect(sent.bodies).toEqual([{ order: swapped, base_revision: 42, comment: 'Cached first' }]);
    expect(screen.getByText('Restart required.').parentElement).toHaveTextContent('Revision 43 is saved.');
    expect(shownOrder()).toEqual(swapped);
  });

  it('a refusal names the rule, and the moves stay', async () => {
    server.use(http.put(api('/admin/middleware/pipeline'), problem(422, { title: 'Invalid input', errors: [{ field: 'order', message: 'rate_limit not before auth: it counts by who is signed in' }] })));
    const { user } = await openPage();
    await moveBy(user, 'rate_limit', 'down');
    await user.click(screen.getByRole('button', { name: 'Save order' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Save order' }));
    expect(await screen.findByText('rate_limit not before auth: it counts by who is signed in')).toBeInTheDocument();
    expect(screen.getByText('1 move not saved')).toBeInTheDocument();
  });

  it('Discard puts everything back', async () => {
    const { user } = await openPage();
    await moveBy(user, 'rate_limit', 'down');
    await moveBy(user, 'tracing', 'up');
    expect(screen.getByText('2 moves not saved')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Discard' }));
    expect(shownOrder()).toEqual(goldenOrder);
  });

  it('leaving with moves that are not saved asks first', async () => {
    const { user, router } = await openPage();
    await moveBy(user, 'rate_limit', 'down');
    await user.click(screen.getByRole('button', { name: 'Settings of auth' })); // the page stays: no question
    await user.keyboard('{Escape}');
    expect(fireEvent(window, new Event('beforeunload', { cancelable: true }))).toBe(false);
    act(() => void router.navigate('/admin/health'));
    const dialog = await screen.findByRole('dialog', { name: '1 move not saved' });
    await user.click(within(dialog).getByRole('button', { name: 'Stay here' }));
    expect(router.state.location.pathname).toBe('/admin/middleware');
    act(() => void router.navigate('/admin/health'));
    await user.click(await screen.findByRole('button', { name: 'Discard and leave' }));
    expect(await screen.findByText('Health')).toBeInTheDocument();
  });
});

describe('what others save meanwhile', () => {
  const theirs = withOrder(swapped, { revision: 43, updated_by: 'dana', comment: 'Cached first' });
  const refresh = (client) => act(() => client.invalidateQueries({ queryKey: ['middleware', 'pipeline'] }));

  it('is followed at once, but not under the pointer', async () => {
    const { client, user } = await openPage();
    await user.hover(row('auth'));
    serve(theirs);
    await refresh(client);
    expect(await screen.findByText('dana saved revision 43 meanwhile.')).toBeInTheDocument();
    expect(shownOrder()).toEqual(goldenOrder);
    await user.click(screen.getByRole('button', { name: 'Order changed, update' }));
    expect(shownOrder()).toEqual(swapped);
    await user.unhover(row('auth'));
    serve(withOrder(goldenOrder, { revision: 44 }));
    await refresh(client);
    await waitFor(() => expect(shownOrder()).toEqual(goldenOrder));
  });

  it('is told before one’s own is saved; a switch makes no difference to the order', async () => {
    const { client, user } = await openPage();
    await moveBy(user, 'circuit_breaker', 'up');
    serve(pipelineWith({ revision: 43, updated_by: 'dana' }, { cache: { enabled: true } }));
    await refresh(client);
    await waitFor(() => expect(screen.getByRole('switch', { name: 'cache' })).toBeChecked());
    expect(screen.queryByText(/meanwhile/)).not.toBeInTheDocument();
    serve({ ...theirs, revision: 44 });
    await refresh(client);
    expect(await screen.findByText('dana saved revision 44 meanwhile.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Compare both' }));
    const dialog = await screen.findByRole('dialog', { name: 'dana saved another order first' });
    expect(within(dialog).getByRole('region', { name: 'Both' })).toHaveTextContent('yours on top of 44');
    expect(dialog).toHaveTextContent('You started from revision 43.');
  });
});
