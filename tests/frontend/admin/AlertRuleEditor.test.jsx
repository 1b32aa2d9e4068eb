import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { onChange, openPage, ruleOf, rulesWith, searchOf, serve } from './alertsPage.jsx';

atGoldenTime();

const open = '?rule=checkout-p99';
const type = async (user, label, text) => {
  await user.clear(screen.getByLabelText(label));
  if (text) await user.type(screen.getByLabelText(label), text);
};
const button = (name) => screen.getByRole('button', { name });
const previews = (answer = () => golden('alerts/preview')) => onChange('post', '/preview', answer);
const refuses = (field, message, fix) => problem(422, { title: 'Invalid input', errors: [{ field, message, fix }] })();
const preview = () => screen.getByRole('region', { name: 'Preview' });

describe('a rule that is saved', () => {
  it('F2.5.5: is a sentence in fields, with what it would have done beside it', async () => {
    const sent = previews();
    await openPage(open);
    await waitFor(() => expect(preview()).toHaveTextContent('Would have fired 3 times, 58 min in total, about 8 messages.'));
    const values = { Name: 'Checkout p99 over 500 ms', Metric: 'latency.p99', 'Fires when it is': '>', Threshold: '500', 'For at least': '5', 'Recovers below': '400', 'Keep firing': '3', 'At least': '100', Severity: 'critical' };
    for (const [label, value] of Object.entries(values)) expect(screen.getByLabelText(label, { selector: 'input, select' })).toHaveValue(value);
    expect(screen.getByText('service = checkout')).toBeInTheDocument();
    expect(screen.getByText('#ops · Slack')).toBeInTheDocument();
    expect(await screen.findByText('One series')).toBeInTheDocument();
    expect(sent.bodies.at(-1)).toMatchObject({ hours: 24, rule: { id: 'checkout-p99', threshold: 500, duration: 300, selector: [{ label: 'service', match: '=', value: 'checkout' }, { label: 'path', match: '=', value: '/api/checkout' }] } });
    const lines = [...preview().querySelectorAll('[data-line]')].map((line) => line.textContent);
    expect(lines).toEqual(['Fires at 500 ms', 'Recovers at 400 ms']);
    expect(preview().querySelectorAll('[data-band="firing"]')).toHaveLength(3);
    expect(within(preview()).getByRole('link', { name: 'firing now' })).toHaveAttribute('href', '/admin/incidents/2042');
    expect(preview()).toHaveTextContent('At 620 ms it would have fired twice.');
    expect(await axeFindings()).toEqual([]);
  });

  it('F2.5.5: shows the message as each channel gets it, as it is read and as it is sent', async () => {
    previews();
    const { user } = await openPage(open);
    expect(await within(preview()).findByText(/^Firing \(critical\): Checkout p99 over 500 ms: POST/, { selector: 'b' })).toBeInTheDocument();
    await user.click(within(preview()).getByRole('button', { name: 'sms-oncall' }));
    expect(preview()).toHaveTextContent('Firing (critical): Checkout p99 over 500 ms: POST /api/checkout. 655 ms, over 500 ms for 5 min.');
    await user.click(within(preview()).getByText('As it is sent'));
    expect(within(preview()).getByRole('region', { name: 'As it is sent to sms-oncall' })).toHaveTextContent('To: +4915112345678');
    expect(await axeFindings()).toEqual([]);
  });

  it('F2.5.5: reads each moment by the keys, and has a table twin', async () => {
    const { user } = await openPage(open);
    const chart = await within(preview()).findByRole('slider', { name: /^latency.p99 over 24 hours/ });
    fireEvent.keyDown(chart, { key: 'PageDown' });
    expect(chart).toHaveAttribute('aria-valuetext', expect.stringMatching(/^13:08: POST \/api\/checkout [\d.]+ ms$/));
    fireEvent.keyDown(chart, { key: 'End' });
    expect(preview()).toHaveTextContent('14:08: POST /api/checkout 655 ms, would be firing');
    await user.click(button('as table'));
    const table = screen.getByRole('region', { name: 'Preview, as a table' });
    expect(within(table).getAllByRole('row')).toHaveLength(25);
    expect(within(table).getByRole('row', { name: /^13:08/ })).toHaveTextContent('655 msFiring');
  });

  it('moves its lines by the keys and takes the threshold that is proposed', async () => {
    const { user } = await openPage(open);
    const line = await within(preview()).findByRole('slider', { name: 'Threshold line' });
    fireEvent.keyDown(line, { key: 'ArrowUp' });
    expect(screen.getByLabelText('Threshold')).toHaveValue('510');
    await user.click(button('Use 620 ms'));
    expect(screen.getByLabelText('Threshold')).toHaveValue('620');
    expect(line).toHaveAttribute('aria-valuetext', '620 ms');
  });

  it('I2.5.4, R2.5.2: what the server has against a field stands at it while it is typed, with a value that would do', async () => {
    previews(({ rule }) => (rule.recovery_threshold > 500 ? refuses('rule.recovery_threshold', 'must be below 500 ms, because the rule fires above it', 400) : golden('alerts/preview')));
    const { user } = await openPage(open);
    await waitFor(() => expect(preview()).toHaveTextContent('3 times'));
    await type(user, 'Recovers below', '540');
    expect(await screen.findByText(/^Recovery must be below 500 ms, because the rule fires above it\./)).toBeInTheDocument();
    expect(screen.getByLabelText('Recovers below')).toBeInvalid();
    expect(screen.getByText('1 field to fix')).toBeInTheDocument();
    expect(preview()).toHaveTextContent('last 24 h, last valid values');
    expect(preview()).toHaveTextContent('Would have fired 3 times');
    expect(await axeFindings()).toEqual([]);
    await user.click(button('Use 400'));
    await waitFor(() => expect(screen.queryByText('1 field to fix')).not.toBeInTheDocument());
  });

  it('I2.5.1, I2.5.4: saves with the version it was made from; a refusal puts its words at the fields and the focus on the first', async () => {
    const answers = [refuses('rule.threshold', 'is too odd'), ruleOf('checkout-p99', { threshold: 620, version: 8 })];
    const sent = onChange('put', '/rules/:id', () => answers.shift());
    const { user } = await openPage(open);
    expect(button('Save rule')).toHaveAccessibleDescription('Nothing is changed');
    await type(user, 'Threshold', '620');
    await user.click(button('Save rule'));
    await waitFor(() => expect(screen.getByLabelText('Threshold')).toHaveFocus());
    expect(screen.getByText('Threshold is too odd.')).toBeInTheDocument();
    await type(user, 'Keep firing', '4');
    expect(screen.queryByText('Threshold is too odd.')).not.toBeInTheDocument();
    serve('/rules', rulesWith({ 'checkout-p99': { threshold: 620, version: 8, keep_firing_for_seconds: 240 } }));
    await user.click(button('Save rule'));
    await waitFor(() => expect(button('Version 8')).toBeInTheDocument());
    expect(sent.bodies[1]).toMatchObject({ id: 'checkout-p99', version: 7, threshold: 620, keep_firing_for_seconds: 240, channels: ['ops', 'sms-oncall'] });
    await waitFor(() => expect(button('Save rule')).toHaveAccessibleDescription('Nothing is changed'));
  });

  it('I2.5.2: a test is of what is saved; each channel answers in place, a refused one leads to it', async () => {
    onChange('post', '/rules/:id/test', ({ channel }) => golden(channel === 'ops' ? 'alerts/test_accepted' : 'alerts/test_refused'));
    const { user, ...page } = await openPage(open);
    await type(user, 'Threshold', '620');
    expect(button('Send test')).toHaveAccessibleDescription('Save it first: the test sends what is saved');
    await user.click(button('Cancel'));
    await user.click(await screen.findByRole('button', { name: 'Discard and go on' }));
    await user.click(button('Checkout p99 over 500 ms'));
    await user.click(button('Send test'));
    const test = await screen.findByRole('status', { name: 'Test' });
    await waitFor(() => expect(test).toHaveTextContent('#ops: Slack took it in 412 ms.'));
    await user.click(await within(test).findByRole('button', { name: 'Open channel' }));
    await waitFor(() => expect(searchOf(page)).toBe('?tab=channels&channel=sms-oncall'));
  });
});

describe('two who edit one rule', () => {
  const conflict = () => problem(409, { title: 'Conflict', detail: 'dana changed checkout-p99 meanwhile: it is at version 8', version: 8, changed_by: 'dana' })();

  it('shows what the other one changed; what does not clash goes together', async () => {
    const answers = [conflict(), ruleOf('checkout-p99', { version: 9 })];
    const sent = onChange('put', '/rules/:id', () => answers.shift());
    const { user } = await openPage(open);
    await type(user, 'Threshold', '620');
    serve('/rules', rulesWith({ 'checkout-p99': { duration: 600, version: 8 } }));
    await user.click(button('Save rule'));
    const note = (await screen.findByText('dana saved version 8 meanwhile.')).closest('[role="alert"]');
    expect(note).toHaveTextContent('For at least5 min → 10 min');
    await user.click(within(note).getByRole('button', { name: 'Keep both' }));
    expect(screen.getByLabelText('For at least')).toHaveValue('10');
    await user.click(button('Save rule'));
    await waitFor(() => expect(sent.bodies[1]).toMatchObject({ version: 8, threshold: 620, duration: 600 }));
  });

  it('names what both changed, and takes theirs', async () => {
    onChange('put', '/rules/:id', conflict);
    const { user } = await openPage(open);
    await type(user, 'Threshold', '620');
    serve('/rules', rulesWith({ 'checkout-p99': { threshold: 550, version: 8 } }));
    await user.click(button('Save rule'));
    expect(await screen.findByText('Both of you changed Threshold.')).toBeInTheDocument();
    await user.click(button('Take theirs'));
    expect(screen.getByLabelText('Threshold')).toHaveValue('550');
    expect(screen.queryByText(/saved version 8 meanwhile/)).not.toBeInTheDocument();
  });
});

describe('a new rule', () => {
  it('F2.5.2, R2.5.1: comes filled in from an endpoint, is named by itself, and is made with metric, threshold, operator and duration', async () => {
    const made = { ...golden('alerts/rule'), id: 'new-one', name: 'GET /orders/{id} p99 over 500 ms', version: 1 };
    const sent = onChange('post', '/rules', () => made);
    const { user, ...page } = await openPage('?new=latency.p99&service=shop&method=GET&route=%2Forders%2F%7Bid%7D', () => screen.findByRole('region', { name: 'New rule' }));
    expect(screen.getByLabelText('Name')).toHaveAttribute('placeholder', made.name);
    expect(screen.getByText('path = /orders/{id}')).toBeInTheDocument();
    await user.selectOptions(screen.getByLabelText('Fires when it is'), 'at least');
    await user.selectOptions(screen.getByLabelText('For at least, unit'), 's');
    await type(user, 'For at least', '30');
    await user.click(screen.getByRole('combobox', { name: 'Notify' }));
    await user.click(await screen.findByRole('option', { name: /#ops/ }));
    serve('/rules', { ...rulesWith(), rules: [...rulesWith().rules, made] });
    await user.click(button('Create rule'));
    await waitFor(() => expect(searchOf(page)).toBe('?rule=new-one'));
    expect(sent.bodies).toEqual([
      {
        name: 'GET /orders/{id} p99 at least 500 ms', metric: 'latency.p99', operator: '>=', threshold: 500, recovery_threshold: 400, critical_threshold: null, duration: 30, channels: ['ops'], enabled: true, keep_firing_for_seconds: 0, no_data: 'keep', min_samples: 100,
        selector: [{ label: 'service', match: '=', value: 'shop' }, { label: 'method', match: '=', value: 'GET' }, { label: 'path', match: '=', value: '/orders/{id}' }], severity: 'warning', escalation_policy: null, group_by: ['service'], mute_timings: [], description: '', runbook_url: null,
      },
    ]);
  });

  it('finds its metric by title, takes words where values have them, and shows which series match', async () => {
    const { user } = await openPage('?rule=new', () => screen.findByRole('region', { name: 'New rule' }));
    expect(button('Create rule')).toHaveAccessibleDescription('Choose a metric and a threshold');
    await user.type(screen.getByRole('combobox', { name: 'Metric' }), 'status of');
    await user.click(await screen.findByRole('option', { name: /health.status/ }));
    expect(screen.getByRole('combobox', { name: 'Metric' })).toHaveValue('health.status');
    expect(within(screen.getByLabelText('Threshold')).getByRole('option', { name: 'Down' }).selected).toBe(true);
    expect(screen.queryByLabelText('At least')).not.toBeInTheDocument();
    await user.type(screen.getByRole('combobox', { name: 'Only for' }), 'service=~shop{Enter}');
    expect(screen.getByText('service =~ shop')).toBeInTheDocument();
    await user.type(screen.getByRole('combobox', { name: 'Only for' }), 'nonsense{Enter}');
    expect(screen.getByText(/^Write label = value/)).toBeInTheDocument();
  });

  it('a copy starts from another rule; what was typed asks before it is lost', async () => {
    const { user } = await openPage('?rule=new&from=socket-pool', () => screen.findByRole('region', { name: 'New rule' }));
    expect(screen.getByLabelText('Name')).toHaveValue('Socket pool nearly full (copy)');
    await type(user, 'Threshold', '70');
    await user.click(button('Service down'));
    const dialog = await screen.findByRole('dialog', { name: 'Changes not saved' });
    await user.click(within(dialog).getByRole('button', { name: 'Keep editing' }));
    expect(screen.getByLabelText('Threshold')).toHaveValue('70');
    await user.click(button('Service down'));
    await user.click(await screen.findByRole('button', { name: 'Discard and go on' }));
    expect(await screen.findByRole('region', { name: 'Service down' })).toBeInTheDocument();
  });
});

it('says that a rule is gone, and that its preview could not be renewed', async () => {
  server.use(http.post(api('/admin/alerts/preview'), problem(503, { service: 'alert_svc' })));
  const gone = await openPage('?rule=never');
  expect(screen.getByText('There is no rule never.')).toBeInTheDocument();
  gone.unmount();
  await openPage(open);
  await waitFor(() => expect(preview()).toHaveTextContent('alert_svc does not answer (503).'));
});
