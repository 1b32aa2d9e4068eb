import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { moveTo } from '../../../frontend/src/lib/orderMoves.js';
import { goldenOrder, onChange, openPage, row, searchOf, serve, shownOrder, withOrder } from './middlewarePage.jsx';

atGoldenTime();

const conflict = golden('pipeline/order_conflict');
const mine = moveTo(goldenOrder, 'compression', 14);
const merged = moveTo(conflict.current_order, 'compression', 14);
const theirs = withOrder(conflict.current_order, { revision: 43, updated_by: 'dana', comment: conflict.comment });

const refused = (members = {}) => HttpResponse.json({ title: 'Conflict', status: 409, detail: 'dana saved revision 43 meanwhile', ...conflict, merged_order: merged, ...members }, { status: 409 });

/** Moves a step and saves it, after dana has saved another order. */
const collide = async (members) => {
  const sent = onChange('put', '/pipeline', ({ order, base_revision: base }) => (base === 43 ? withOrder(order, { revision: 44 }) : refused(members)));
  const page = await openPage();
  await page.user.click(screen.getByRole('button', { name: 'Move compression up or down' }));
  await page.user.click(await screen.findByRole('menuitem', { name: 'Move up' }));
  await page.user.click(screen.getByRole('button', { name: 'Save order' }));
  serve(theirs);
  await page.user.type(screen.getByLabelText('Comment'), 'Smaller first{Enter}');
  const dialog = await screen.findByRole('dialog', { name: 'dana saved another order first' });
  return { ...page, sent, dialog };
};
const marked = (column) => [...column.querySelectorAll('[data-by]')].map((one) => `${one.dataset.by} ${one.textContent}`);

describe('R2.4.2: two orders at once', () => {
  it('shows theirs, mine and both, and saves both on top of theirs', async () => {
    const { user, dialog, sent } = await collide();
    expect(dialog).toHaveTextContent('Revision 43, 40 s ago: “Reject slow clients earlier”. You started from revision 42. Nothing of yours is lost.');
    const column = (name) => within(dialog).getByRole('region', { name });
    expect(marked(column('Saved by dana'))).toEqual(['theirs 8timeoutup by 2', 'theirs 9in_flightup by 2']);
    expect(marked(column('Yours'))).toEqual(['mine 15compressionup by 1']);
    expect(marked(column('Both'))).toEqual(['theirs 8timeoutup by 2', 'theirs 9in_flightup by 2', 'mine 15compressionup by 1']);
    expect(within(dialog).getByText('The combined order passes all constraints.')).toBeInTheDocument();
    await user.click(within(dialog).getByRole('button', { name: 'Save both as 44' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(sent.bodies.map(({ order, ...rest }) => rest)).toEqual([{ base_revision: 42, comment: 'Smaller first' }, { base_revision: 43, comment: 'Smaller first' }]);
    expect(sent.bodies.map(({ order }) => order)).toEqual([mine, merged]);
    expect(shownOrder()).toEqual(merged);
    expect(screen.queryByText(/not saved/)).not.toBeInTheDocument();
  });

  it('Keep editing goes on from theirs, with my moves on top', async () => {
    const { user, dialog } = await collide();
    expect(await axeFindings(dialog)).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Keep editing' }));
    expect(shownOrder()).toEqual(merged);
    expect(screen.getByText('1 move not saved')).toBeInTheDocument();
    expect(screen.queryByText(/meanwhile/)).not.toBeInTheDocument();
  });

  it('Discard mine takes theirs', async () => {
    const { user, dialog } = await collide();
    await user.click(within(dialog).getByRole('button', { name: 'Discard mine' }));
    expect(shownOrder()).toEqual(conflict.current_order);
    expect(screen.queryByText(/not saved/)).not.toBeInTheDocument();
  });

  it('names the rule when both together break one, and leads out of it', async () => {
    const broken = moveTo(merged, 'rate_limit', 11);
    const { user, dialog } = await collide({ merged_order: broken, merge_violations: golden('pipeline/validation_refused').violations });
    expect(dialog).toHaveTextContent('The combined order breaks a rule: rate_limit not before auth: it counts by who is signed in, and auth finds that out.');
    expect(within(dialog).queryByRole('button', { name: /^Save both/ })).not.toBeInTheDocument();
    await user.click(within(dialog).getByRole('button', { name: 'Keep editing' }));
    expect(screen.getByRole('button', { name: 'Save order' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Move rate_limit to 14' }));
    expect(screen.getByRole('button', { name: 'Save order' })).toBeEnabled();
    expect(row('rate_limit')).toHaveTextContent('14rate_limit');
  });

  it('says when the two cannot be joined; mine stays', async () => {
    const { user, dialog } = await collide({ merged_order: null });
    expect(dialog).toHaveTextContent('The two are not of the same steps, so they cannot be joined.');
    await user.click(within(dialog).getByRole('button', { name: 'Keep editing' }));
    expect(shownOrder()).toEqual(mine);
  });
});

describe('revisions', () => {
  it('tell who changed what, and what runs; more of them in pages', async () => {
    const [latest, ...older] = golden('pipeline/revisions').revisions;
    server.use(http.get(api('/admin/middleware/pipeline/revisions'), ({ request }) =>
      HttpResponse.json(new URL(request.url).searchParams.get('cursor') ? { revisions: [{ ...latest, revision: 37, comment: 'The first of the page' }], next_cursor: null } : { revisions: [latest, ...older], next_cursor: '38' })));
    const page = await openPage();
    const card = await screen.findByRole('region', { name: 'Revisions' });
    await waitFor(() => expect(within(card).getAllByRole('listitem')).toHaveLength(4));
    expect(within(card).getAllByRole('listitem').map((one) => one.textContent)).toEqual([
      expect.stringMatching(/^r42Saved, not running2 min ago.*ana: Cache off while the ledger is down/), expect.stringMatching(/^r41Running.*dana: Rate limit 300 to 600 a minute/),
      expect.stringMatching(/^r40/), expect.stringMatching(/^r39.*token tok-0011: Rolled back to 37/),
    ]);
    await page.user.click(within(card).getByRole('button', { name: 'All 42' }));
    const dialog = await screen.findByRole('dialog', { name: 'Revisions' });
    await page.user.click(within(dialog).getByRole('button', { name: 'Show earlier ones' }));
    expect(await within(dialog).findByText(/The first of the page/)).toBeInTheDocument();
    await page.user.click(within(dialog).getByRole('button', { name: 'Diff of revision 40' }));
    expect(searchOf(page)).toBe('?panel=diff&revision=40');
  });

  it('differ in order, switches and settings', async () => {
    await openPage('?panel=diff&revision=42&against=39', () => screen.findByText('+ requests: 600'));
    const dialog = screen.getByRole('dialog', { name: 'From revision 39 to 42' });
    expect(within(dialog).getByText('- requests: 300')).toBeInTheDocument();
    expect(within(dialog).getByRole('region', { name: 'Revision 42' })).toHaveTextContent('15cacheup by 1');
    expect(within(dialog).getByText('On and off').parentElement).toHaveTextContent('cacheoff');
    expect(await axeFindings()).toEqual([]);
  });

  it('roll back shows first what changes, and saves it as a new revision', async () => {
    const sent = onChange('post', '/pipeline/rollback', () => withOrder(goldenOrder, { revision: 43 }));
    const { user } = await openPage('?panel=restore&revision=39', () => screen.findByText('+ requests: 600'));
    const dialog = screen.getByRole('dialog', { name: 'Roll back to revision 39' });
    await user.click(within(dialog).getByRole('button', { name: 'Roll back to 39' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(sent.bodies).toEqual([{ to_revision: 39, base_revision: 42, comment: '' }]);
    expect(screen.getByText(/Revision 43 is saved/)).toBeInTheDocument();
  });

  it('a roll back that is refused stays, and says why', async () => {
    server.use(http.post(api('/admin/middleware/pipeline/rollback'), problem(409, { title: 'Conflict', detail: 'Revision 43 was saved meanwhile' })));
    server.use(http.get(api('/admin/middleware/pipeline/revisions/:revision/diff'), problem(404, { title: 'Not found', detail: 'There is no revision 7' })));
    const { user } = await openPage('?panel=restore&revision=7', () => screen.findByText('Not found. There is no revision 7.'));
    await user.click(screen.getByRole('button', { name: 'Roll back to 7' }));
    expect(await screen.findByText('Conflict. Revision 43 was saved meanwhile.')).toBeInTheDocument();
  });
});
