import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { asViewer, onChange, openPage, pipelineWith, searchOf } from './middlewarePage.jsx';

atGoldenTime();

const address = '?panel=settings&step=rate_limit';
const opened = async (search = address) => {
  const page = await openPage(search, () => screen.findByText(/^Version \d|^What it costs/)); // the page behind is hidden
  return { ...page, dialog: screen.getByRole('dialog', { name: /^Settings of/ }) };
};
const serveStep = (change) => server.use(http.get(api('/admin/middleware/rate_limit'), () => HttpResponse.json(change(golden('pipeline/middleware')))));
const validates = (answer) => server.use(http.post(api('/admin/middleware/pipeline/validate'), () => HttpResponse.json(answer)));
const type = async (user, label, text) => {
  await user.clear(screen.getByLabelText(label));
  if (text) await user.type(screen.getByLabelText(label), text);
};
const save = () => screen.getByRole('button', { name: 'Save settings' });
const refuse = (status, members) => server.use(http.patch(api('/admin/middleware/rate_limit'), problem(status, members)));

describe('the form', () => {
  it('F2.4.5: edits settings, shows what changes, and saves only that, with a comment', async () => {
    const sent = onChange('patch', '/rate_limit', () => pipelineWith({ revision: 43 }));
    const { user, dialog } = await opened();
    expect(save()).toHaveAccessibleDescription('Nothing is changed');
    await type(user, 'Burst', '90');
    await user.selectOptions(screen.getByLabelText('Count by'), 'Address');
    await user.click(screen.getByRole('switch', { name: 'Let requests pass' }));
    await user.type(screen.getByRole('combobox', { name: 'Not limited' }), '/badges{Enter}');
    for (const line of ['- burst: 60', '+ burst: 90', '+ count_by: "ip"', '+ except_paths[]: "/badges"']) expect(within(dialog).getByText(line)).toBeInTheDocument();
    expect(await within(dialog).findByText(/has to be confirmed within 60 s/)).toBeInTheDocument();
    await user.type(screen.getByLabelText('Comment'), 'Sale day');
    await user.click(save());
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(sent.bodies).toEqual([{ settings: { burst: 90, count_by: 'ip', pass_when_unreachable: false, except_paths: ['/healthz', '/readyz', '/metrics', '/status', '/badges'] }, base_version: 5, comment: 'Sale day' }]);
    expect(await screen.findByText(/Revision 43 is saved/)).toBeInTheDocument();
  });

  it('F2.4.5: what the server has against a setting stands at it while it is typed; broken rules, too', async () => {
    validates(golden('pipeline/validation_refused'));
    const { user } = await opened();
    await type(user, 'Burst', '50');
    expect(await screen.findByText('Must be at least 60, a tenth of requests.')).toBeInTheDocument();
    expect(screen.getByLabelText('Burst')).toBeInvalid();
    expect(screen.getByText('1 field to fix')).toBeInTheDocument();
    expect(screen.getByText(/^Rate_limit not before auth/)).toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);
  });

  it('F2.4.5: a refused save puts its words at the fields, and the focus on the first', async () => {
    refuse(422, { title: 'Invalid input', detail: 'x', errors: [{ field: 'settings.burst', message: 'must be at least 60, a tenth of requests' }, { field: 'settings.except_paths[0]', message: 'must be a path that starts with /' }] });
    const { user } = await opened();
    await type(user, 'Burst', '50');
    await user.click(save());
    expect(await screen.findByText('2 fields to fix')).toBeInTheDocument();
    expect(screen.getByText('/healthz must be a path that starts with /.')).toBeInTheDocument();
    expect(screen.getByLabelText('Burst')).toHaveFocus();
    await type(user, 'Burst', '70');
    await waitFor(() => expect(screen.queryByText('2 fields to fix')).not.toBeInTheDocument());
  });

  it('an empty field means the default, which stands in it', async () => {
    const sent = onChange('patch', '/rate_limit', () => pipelineWith({ revision: 43 }));
    const { user } = await opened();
    await type(user, 'Burst', '');
    expect(screen.getByLabelText('Burst')).toHaveAttribute('placeholder', '1200');
    const tagged = [...document.querySelectorAll('[data-restarts]')].map((field) => field.dataset.field);
    expect(tagged).toEqual(['burst']);
    expect(screen.getByText('It runs after a restart, or once it is applied.')).toBeInTheDocument();
    await user.click(save());
    await waitFor(() => expect(sent.bodies[0]?.settings).toEqual({ burst: 1200 }));
  });

  it('goes back to the defaults', async () => {
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'Reset to defaults' }));
    expect(screen.getByLabelText('Requests')).toHaveValue('6000');
    expect(screen.getByRole('button', { name: 'Reset to defaults' })).toBeDisabled();
  });

  it('closing with changes asks first', async () => {
    const { user } = await opened();
    await type(user, 'Burst', '90');
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Keep editing' }));
    expect(screen.getByLabelText('Burst')).toHaveValue('90');
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await user.click(screen.getByRole('button', { name: 'Discard changes' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  });

  it('is there to read for a viewer', async () => {
    asViewer();
    await opened();
    expect(screen.getByLabelText('Burst')).toBeDisabled();
    expect(save()).toHaveAccessibleDescription('Needs the admin role');
  });

  it('is drawn from any schema; what it does not know stays as JSON', async () => {
    const text = { type: 'string', title: 'Text' };
    serveStep((found) => ({
      ...found,
      step: { ...found.step, settings: { text: 'a', methods: ['GET'], nested: { inner: 1 }, store: { kind: 'local' }, map: { a: 'b' }, stranger: true } },
      defaults: {},
      schema: {
        properties: {
          text,
          methods: { title: 'Methods', type: 'array', items: { enum: ['GET', 'PUT'] } },
          nested: { title: 'Nested', description: 'A group', type: 'object', properties: { inner: { type: 'integer', title: 'Inner' } } },
          store: { title: 'Store', oneOf: [{ type: 'object', title: 'Local', properties: { kind: { const: 'local' } } }, { type: 'object', title: 'Redis', properties: { kind: { const: 'redis' }, url: { ...text, title: 'Address', default: 'redis://' } } }] },
          map: { title: 'Map', type: 'object', additionalProperties: text },
        },
      },
    }));
    const sent = onChange('patch', '/rate_limit', () => pipelineWith({ revision: 43 }));
    const { user } = await opened();
    await user.click(screen.getByRole('button', { name: 'PUT' }));
    await type(user, 'Inner', '2');
    await user.selectOptions(screen.getByLabelText('Store'), 'Redis');
    await user.type(screen.getByLabelText('Address'), 'x');
    fireEvent.change(screen.getByLabelText('Map'), { target: { value: '{"a": ' } });
    expect(screen.getByText(/^This is no JSON/)).toBeInTheDocument();
    expect(save()).toHaveAccessibleDescription('The JSON cannot be read yet');
    fireEvent.change(screen.getByLabelText('Map'), { target: { value: '{"a": "c"}' } });
    expect(screen.getByText('stranger')).toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);
    await user.click(save());
    await waitFor(() => expect(sent.bodies[0]?.settings).toEqual({ methods: ['GET', 'PUT'], nested: { inner: 2 }, store: { kind: 'redis', url: 'redis://x' }, map: { a: 'c' } }));
  });
});

describe('JSON and docs', () => {
  it('F2.4.5: JSON edits the same settings', async () => {
    const page = await opened();
    await page.user.click(screen.getByRole('button', { name: 'JSON' }));
    expect(searchOf(page)).toContain('tab=json');
    const editor = screen.getByLabelText('All settings');
    fireEvent.change(editor, { target: { value: JSON.stringify({ ...golden('pipeline/middleware').step.settings, burst: 99 }) } });
    fireEvent.change(editor, { target: { value: '5' } });
    expect(screen.getByText(/^Settings are an object/)).toBeInTheDocument();
    await page.user.click(screen.getByRole('button', { name: 'Form' }));
    expect(screen.getByLabelText('Burst')).toHaveValue('99');
  });

  it('Docs tell what each setting means, where the step may stand, and what it costs', async () => {
    const { dialog } = await opened(`${address}&tab=docs`);
    expect(dialog).toHaveTextContent('The span they are counted over.Number from 1 s to 86,400 s; default 60');
    expect(dialog).toHaveTextContent('After auth while count_by is user or token. rate_limit counts by who is signed in');
    expect(within(dialog).getAllByRole('row').map((one) => one.textContent)).toContain('gw-00.18 ms0.37 ms0.80 ms392/s7.3/s06 %');
    expect(await axeFindings()).toEqual([]);
  });

  it('a step without settings says so; one that is gone is shown as it is', async () => {
    serveStep((found) => ({ ...found, schema: { type: 'object', properties: {} }, step: { ...found.step, settings: {}, constraints: [] }, defaults: {} }));
    const { unmount } = await opened();
    expect(screen.getByText('There is nothing to set.')).toBeInTheDocument();
    unmount();
    serveStep((found) => ({ ...found, schema: {}, step: { ...found.step, known: false, settings: { old: 1 } }, defaults: {} }));
    await opened();
    expect(screen.getByLabelText('All settings')).toHaveValue('{\n  "old": 1\n}');
    expect(screen.queryByRole('button', { name: 'Save settings' })).not.toBeInTheDocument();
  });

  it('says what failed when the settings cannot be loaded', async () => {
    server.use(http.get(api('/admin/middleware/waf'), problem(404, { title: 'Not found', detail: 'There is no step waf' })));
    await openPage('?panel=settings&step=waf', () => screen.findByText('Not found. There is no step waf.'));
    expect(screen.getByRole('button', { name: 'Try now' })).toBeInTheDocument();
  });
});

describe('someone else changes the step meanwhile', () => {
  const theirs = (found) => ({ ...found, step: { ...found.step, version: 6, settings: { ...found.step.settings, burst: 90, requests: 900 } }, changed_by: 'dana' });

  it('R2.4.2: nothing is lost: both are told, and mine goes on top of theirs', async () => {
    refuse(409, { title: 'Conflict', detail: 'dana changed rate_limit meanwhile', ...golden('pipeline/step_conflict') });
    const { user, dialog } = await opened();
    await type(user, 'Burst', '80');
    serveStep(theirs);
    await user.click(save());
    const note = await within(dialog).findByRole('alert');
    expect(note).toHaveTextContent('dana changed rate_limit meanwhile. Nothing of yours is lost.burst: 90 by dana, 80 by you');
    expect(save()).toHaveAccessibleDescription('Choose first what becomes of the other change');
    const sent = onChange('patch', '/rate_limit', () => pipelineWith({ revision: 44 }));
    await user.click(screen.getByRole('button', { name: 'Keep mine on top' }));
    expect(screen.getByLabelText('Requests')).toHaveValue('900');
    await user.click(save());
    await waitFor(() => expect(sent.bodies).toEqual([{ settings: { burst: 80 }, base_version: 6, comment: '' }]));
  });

  it('theirs can be taken; without changes of one’s own it is taken at once', async () => {
    const { user, client, dialog } = await opened();
    const refresh = () => act(() => client.invalidateQueries({ queryKey: ['middleware', 'step'] }));
    await type(user, 'Burst', '80');
    serveStep(theirs);
    await refresh();
    await user.click(await within(dialog).findByRole('button', { name: 'Take theirs' }));
    expect(screen.getByLabelText('Burst')).toHaveValue('90');
    serveStep((found) => ({ ...found, step: { ...found.step, version: 7 } }));
    await refresh();
    await waitFor(() => expect(screen.getByLabelText('Burst')).toHaveValue('60'));
    expect(within(dialog).queryByRole('alert')).not.toBeInTheDocument();
  });
});
