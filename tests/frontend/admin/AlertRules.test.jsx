import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { renderApp } from '../../../frontend/src/test/renderApp.jsx';
import { server } from '../../../frontend/src/test/server.js';
import { as, card, inWindow, nothing, onChange, openPage, ruleOf, rulesWith, searchOf, serve, shownRules } from './alertsPage.jsx';

atGoldenTime();

const menuOf = async (user, name) => {
  await user.click(await screen.findByRole('button', { name: `More about ${name}` }));
  return screen.findByRole('menu');
};
const pick = async (user, name, item) => user.click(within(await menuOf(user, name)).getByRole('menuitem', { name: item }));

describe('the list', () => {
  it('F2.5.1: tells each rule with its state, what it watches and whom it tells', async () => {
    await openPage();
    const says = (id, ...texts) => texts.forEach((text) => expect(card(id)).toHaveTextContent(text));
    await waitFor(() => says('service-down', 'health.status ≥ down for 90 s'));
    says('service-down', 'Firing, 4 min', 'page-oncall, #ops');
    says('search-p95', 'latency.p95 > 500 ms for 10 min', 'Firing, 31 min', '#search');
    says('payments-errors', 'latency.error_rate > 5 % for 5 min', 'Pending, 3 of 5 min');
    says('export-late', 'health.heartbeat_age > 26 h', 'No data, kept');
    says('socket-pool', 'ws.pool_pct > 80 % for 2 min', 'OK, 64 %');
    says('step-slow', 'Paused by dana');
    const shape = (id) => card(id).querySelector('[data-shape]').dataset.shape;
    expect(['service-down', 'search-p95', 'payments-errors', 'export-late', 'socket-pool', 'step-slow'].map(shape)).toEqual(['down', 'degraded', 'pending', 'unknown', 'healthy', 'paused']);
    expect(within(card('step-slow')).getByRole('switch')).not.toBeChecked();
    expect(screen.getByText(/^All 8 evaluated/)).toHaveTextContent('All 8 evaluated 4 s ago');
    expect(screen.getByRole('link', { name: /^Rules ?9$/ })).toHaveAttribute('aria-current', 'page');
    expect(screen.getByRole('link', { name: /^Channels ?5$/ })).toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);
  });

  it('what stands in the file is marked and cannot be changed here; mistakes in the file are named with their lines', async () => {
    const rules = rulesWith({ 'checkout-p99': { source: 'file', updated_by: 'belfry.yaml' } });
    serve('/rules', { ...rules, config: { ...rules.config, errors: ['belfry.yaml:6: rules[0].channels there is no channel nobody'] } });
    await openPage('?rule=checkout-p99');
    expect(screen.getByText(/belfry.yaml was not taken over: 1 mistake/)).toBeInTheDocument();
    expect(screen.getByText('belfry.yaml:6: rules[0].channels there is no channel nobody')).toBeInTheDocument();
    expect(within(card('checkout-p99')).getByText('file')).toHaveAttribute('title', expect.stringMatching(/^It stands in belfry.yaml/));
    expect(within(card('checkout-p99')).queryByRole('switch')).not.toBeInTheDocument();
    expect(await screen.findByText(/^This rule stands in belfry.yaml. Change it there/)).toBeInTheDocument();
    expect(screen.getByLabelText('Name')).toBeDisabled();
    expect(screen.getByRole('button', { name: 'Save rule' })).toHaveAccessibleDescription('It stands in the file');
    expect(screen.queryByRole('button', { name: 'Delete' })).not.toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);
  });

  it('is narrowed by words and by state, in the address', async () => {
    const { user, ...page } = await openPage('?state=firing');
    expect(shownRules()).toEqual(['service-down', 'checkout-p99', 'search-p95']);
    await user.type(screen.getByRole('searchbox', { name: 'Filter rules' }), 'latency p99');
    await waitFor(() => expect(shownRules()).toEqual(['checkout-p99']));
    await waitFor(() => expect(searchOf(page)).toContain('q=latency+p99'));
    await user.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'Paused (1)');
    expect(await screen.findByText('No rule matches “latency p99”.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    await waitFor(() => expect(shownRules()).toHaveLength(9));
  });

  it('F2.5.1: pauses a rule at once, and says why when it stays active', async () => {
    const sent = onChange('patch', '/rules/:id', () => ruleOf('socket-pool', { enabled: false, state: 'paused', reason: 'Paused by ana' }));
    const { user } = await openPage();
    serve('/rules', rulesWith({ 'socket-pool': { enabled: false, state: 'paused', reason: 'Paused by ana' } }));
    await user.click(screen.getByRole('switch', { name: 'Socket pool nearly full is active' }));
    await waitFor(() => expect(card('socket-pool')).toHaveTextContent('Paused by ana'));
    expect(sent.bodies).toEqual([{ enabled: false }]);
    server.use(http.patch(api('/admin/alerts/rules/:id'), problem(503, { service: 'alert_svc' })));
    await user.click(screen.getByRole('switch', { name: 'NATS consumer lag is active' }));
    expect(await within(card('nats-lag')).findByRole('alert')).toHaveTextContent('Still active. alert_svc does not answer (503).');
    expect(screen.getByRole('switch', { name: 'NATS consumer lag is active' })).toBeChecked();
  });

  it('F2.5.4, R2.5.3: sends a test to every channel of a rule, with each result at the card', async () => {
    onChange('post', '/rules/:id/test', ({ channel }) => ({ ...golden(channel === 'ops' ? 'alerts/test_accepted' : 'alerts/test_refused') }));
    const { user } = await openPage();
    await pick(user, 'Checkout p99 over 500 ms', 'Send test');
    const result = await within(card('checkout-p99')).findByRole('status', { name: 'Test' });
    await waitFor(() => expect(result).toHaveTextContent('#ops: Slack took it in 412 ms.'));
    await waitFor(() => expect(result).toHaveTextContent("sms-oncall: Twilio refused: the sender number is not verified (21606). Verify +4930555 in Twilio's console"));
    await user.click(within(result).getByRole('button', { name: 'Close the result of the test' }));
    expect(card('checkout-p99')).not.toHaveTextContent('Test sent');
  });

  it('moves with j and k; a viewer may look and nothing else', async () => {
    as('viewer');
    const { user, ...page } = await openPage();
    await user.keyboard('jj');
    await waitFor(() => expect(searchOf(page)).toContain('rule=checkout-p99'));
    expect(screen.queryByRole('switch', { name: /is active/ })).not.toBeInTheDocument();
    expect(screen.getByText('Needs the operator role to change it.')).toBeInTheDocument();
    expect(screen.getByLabelText('Threshold')).toBeDisabled();
    expect(screen.getByRole('button', { name: 'Save rule' })).toHaveAccessibleDescription('Needs the operator role');
    const menu = await menuOf(user, 'Service down');
    expect(within(menu).getByRole('menuitem', { name: 'Delete rule, needs the operator role' })).toBeDisabled();
    expect(within(menu).getByRole('menuitem', { name: 'Why did it fire?' })).toBeEnabled();
  });

  it('says what to do while there are no rules, and what failed when they never came', async () => {
    serve('/rules', { rules: [], counts: {}, evaluated_at: null });
    const first = await openPage();
    expect(screen.getByText('There are no rules yet.')).toBeInTheDocument();
    first.unmount();
    server.use(http.get(api('/admin/alerts/rules'), problem(503, { service: 'alert_svc' })));
    await openPage('', () => screen.findByText('Could not load the rules.'));
    expect(screen.getByText('alert_svc does not answer (503).')).toBeInTheDocument();
  });

  it('says amber when the evaluator is late', async () => {
    serve('/rules', { ...rulesWith(), evaluated_at: '2026-11-23T14:05:00Z' });
    await openPage();
    expect((await screen.findByText(/^All 8 evaluated/)).parentElement).toHaveClass('t-degraded');
  });
});

describe('what a menu opens', () => {
  it('F2.5.5: the preview of the saved rule over the list', async () => {
    const sent = onChange('post', '/preview', () => golden('alerts/preview'));
    const { user } = await openPage();
    await pick(user, 'Checkout p99 over 500 ms', 'Preview the last 24 h');
    const dialog = await screen.findByRole('dialog', { name: 'Checkout p99 over 500 ms' });
    await waitFor(() => expect(dialog).toHaveTextContent('Would have fired 3 times, 58 min in total, about 8 messages.'));
    expect(sent.bodies).toContainEqual({ rule_id: 'checkout-p99', hours: 24 });
    expect(within(dialog).getByRole('slider')).toHaveAccessibleName(/^latency.p99 over 24 hours/);
  });

  it('why it fires: its last evaluations; versions, each with its change; YAML', async () => {
    const { user } = await openPage();
    await pick(user, 'Checkout p99 over 500 ms', 'Why did it fire?');
    const why = await screen.findByRole('dialog', { name: 'Why Checkout p99 over 500 ms fires' });
    expect(await within(why).findByText('Firing since 14:04:20 UTC: 655 ms, over 500 ms for 5 min.')).toBeInTheDocument();
    expect(within(why).getByRole('row', { name: /41 samples, 100 are needed/ })).toHaveTextContent('Too few samples');
    await user.keyboard('{Escape}');

    await pick(user, 'Checkout p99 over 500 ms', 'Versions');
    const versions = await screen.findByRole('dialog', { name: 'Versions of Checkout p99 over 500 ms' });
    expect(await within(versions).findByText('Recovery')).toBeInTheDocument();
    await user.click(within(versions).getByRole('button', { name: 'Take into the editor' }));
    await waitFor(() => expect(screen.getByLabelText('Threshold')).toHaveValue('800'));
    expect(screen.getByText('Not saved yet')).toBeInTheDocument();

    await pick(user, 'Checkout p99 over 500 ms', 'YAML');
    const yaml = await screen.findByRole('region', { name: 'YAML' });
    expect(yaml).toHaveTextContent('- id: checkout-p99 name: Checkout p99 over 500 ms metric: latency.p99 threshold: 500');
  });

  it('I2.5.1: deletes after asking, naming what goes with it', async () => {
    const sent = onChange('delete', '/rules/:id', nothing);
    const { user } = await openPage();
    await pick(user, 'Checkout p99 over 500 ms', 'Delete rule');
    const dialog = await screen.findByRole('dialog', { name: 'Delete Checkout p99 over 500 ms?' });
    expect(dialog).toHaveTextContent('1 open incident of it is resolved');
    serve('/rules', rulesWith({ 'checkout-p99': null }));
    await user.click(within(dialog).getByRole('button', { name: 'Delete Checkout p99 over 500 ms' }));
    await waitFor(() => expect(card('checkout-p99')).toBeNull());
    expect(sent.params).toMatchObject([{ id: 'checkout-p99' }]);
  });

  it('imports YAML: the plan first, then as it was planned', async () => {
    const sent = onChange('post', '/import', ({ apply }) => ({ ...golden('alerts/import_plan'), applied: apply }));
    const { user } = await openPage();
    await user.click(screen.getByRole('button', { name: 'YAML' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Import YAML' }));
    const dialog = await screen.findByRole('dialog', { name: 'Import YAML' });
    await user.type(within(dialog).getByRole('textbox'), 'rules: []'.replace('[', '[['));
    await user.click(within(dialog).getByRole('button', { name: 'Show the plan' }));
    expect(await within(dialog).findByText('threshold: 500 -> 620')).toBeInTheDocument();
    await user.click(within(dialog).getByRole('button', { name: 'Apply the plan' }));
    expect(await within(dialog).findByText(/Applied\.$/)).toBeInTheDocument();
    expect(sent.bodies.map(({ apply }) => apply)).toEqual([false, true]);
  });
});

it('draws only what is near the window of a long list', async () => {
  const [like] = rulesWith().rules;
  serve('/rules', { rules: Array.from({ length: 1000 }, (_, at) => ({ ...like, id: `r-${at}`, name: `Rule ${at}` })), counts: {}, evaluated_at: null });
  await openPage();
  await waitFor(() => expect(shownRules().length).toBeGreaterThan(5));
  expect(shownRules().length).toBeLessThan(100);
});

it('is paused from the palette', async () => {
  const sent = onChange('patch', '/rules/:id', () => ruleOf('socket-pool', { enabled: false, state: 'paused' }));
  const { user } = renderApp('/admin/settings/about');
  await screen.findByText('API reference');
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await screen.findByRole('textbox', { name: 'Search or run a command' }), 'pause rule socket');
  expect(await screen.findByText('Pause rule Socket pool nearly full')).toBeInTheDocument();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(sent.bodies).toEqual([{ enabled: false }]));
  expect(await screen.findByText('Paused')).toBeInTheDocument();
});

it('on a narrow window the list and the rule are two screens with a way back', async () => {
  inWindow(900);
  const { user } = await openPage();
  await user.click(screen.getByRole('button', { name: 'Socket pool nearly full' }));
  expect(await screen.findByRole('region', { name: 'Socket pool nearly full' })).toBeInTheDocument();
  expect(shownRules()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Preview' }));
  expect(await screen.findByRole('dialog', { name: 'Socket pool nearly full' })).toHaveTextContent('Preview');
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Back to the rules' }));
  await waitFor(() => expect(shownRules()).toHaveLength(9));
});
