import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { problem } from '../../../frontend/src/test/handlers.js';
import { as, nothing, onChange, openPage, searchOf, serve } from './alertsPage.jsx';

atGoldenTime();

const list = () => screen.findByRole('region', { name: 'Channels' });
const open = (channel = '') => openPage(`?tab=channels${channel && `&channel=${channel}`}`, list);
const card = (id) => document.querySelector(`[data-channel="${id}"]`);
const button = (name) => screen.getByRole('button', { name });
const channelOf = (id, changes) => ({ ...golden('alerts/channels').channels.find((one) => one.id === id), ...changes });
const channelsWith = (...changed) => ({ ...golden('alerts/channels'), channels: [...golden('alerts/channels').channels.filter(({ id }) => !changed.some((one) => one.id === id)), ...changed] });

const newOne = async (kind) => {
  const page = await open('new');
  await page.user.click(button(new RegExp(`^${kind}`)));
  return page;
};

describe('the channels', () => {
  it('F2.5.3, I2.5.3: each tells its kind, where it leads masked, how the last message went and who uses it', async () => {
    await open('email-platform');
    const says = (id, ...texts) => texts.forEach((text) => expect(card(id)).toHaveTextContent(text));
    says('ops', 'Slack', 'https://hooks…/T0••••', 'Accepted 4 min ago', '4 rules');
    says('sms-oncall', 'SMS', '+49151•••678', 'Delivered', '1 rule, 1 policy');
    says('email-platform', 'Email', 'platform@shop.example', 'Failed');
    says('search', 'Webhook', 'Off');
    expect(screen.getByLabelText('SMTP server')).toHaveValue('smtp.shop.example');
    expect(screen.getByText('platform@shop.example', { selector: '[class*=Pill] *, [class*=Pill]' })).toBeInTheDocument();
    const messages = await screen.findByRole('region', { name: 'Last messages' });
    expect(messages).toHaveTextContent('Failed');
    expect(await axeFindings()).toEqual([]);
  });

  it('a secret is never shown: it is set since, and replaced; the rest is sent without it', async () => {
    const sent = onChange('put', '/channels/:id', () => channelOf('ops', { name: '#operations', version: 2 }));
    const { user } = await open('ops');
    expect(screen.getByText(/^Set/)).toHaveTextContent('••••x7Qa');
    expect(button('Save channel')).toHaveAccessibleDescription('Nothing is changed');
    await user.clear(screen.getByLabelText('Name'));
    await user.type(screen.getByLabelText('Name'), '#operations');
    serve('/channels', channelsWith(channelOf('ops', { name: '#operations', version: 2 })));
    await user.click(button('Save channel'));
    await waitFor(() => expect(card('ops')).toHaveTextContent('#operations'));
    expect(sent.bodies).toEqual([{ kind: 'slack', id: 'ops', name: '#operations', enabled: true, fallback: null }]);
    expect(sent.headers[0]['if-match']).toBe('"1"');
    await user.click(button('Replace webhook address'));
    await user.type(screen.getByLabelText('Webhook address'), 'https://hooks.example/T1');
    await user.click(button('Keep the stored one'));
    expect(button('Replace webhook address')).toBeInTheDocument();
    expect(button('Save channel')).toHaveAccessibleDescription('Nothing is changed');
  });

  it('one that stands in the file is tested here and changed there', async () => {
    serve('/channels', channelsWith(channelOf('ops', { source: 'file', updated_by: 'belfry.yaml' })));
    await open('ops');
    expect(within(card('ops')).getByText('file')).toBeInTheDocument();
    expect(screen.getByText(/^This channel stands in belfry.yaml. Change it there/)).toBeInTheDocument();
    expect(screen.getByLabelText('Name')).toBeDisabled();
    expect(button('Save channel')).toHaveAccessibleDescription('It stands in the file');
    expect(screen.queryByRole('button', { name: 'Delete' })).not.toBeInTheDocument();
    expect(button('Send test')).toBeEnabled();
  });

  it('a kind that needs a package that is not installed says what to install', async () => {
    serve('/channels', { ...golden('alerts/channels'), kinds: ['slack', 'webhook'] });
    await open('new');
    expect(button(/^Apprise/)).toBeDisabled();
    expect(button(/^Apprise/)).toHaveTextContent('pip install belfry[apprise]');
    expect(button(/^Slack/)).toBeEnabled();
  });

  it('an address of Apprise is one secret field', async () => {
    const sent = onChange('post', '/channels', () => channelOf('ops', { id: 'others', name: 'Others', kind: 'apprise' }));
    const { user } = await newOne('Apprise');
    await user.type(screen.getByLabelText('Name'), 'Others');
    await user.type(screen.getByLabelText('Address'), 'ntfys://ntfy.sh/topic');
    await user.click(button('Create channel'));
    await waitFor(() => expect(sent.bodies).toEqual([{ kind: 'apprise', name: 'Others', enabled: true, fallback: null, url: 'ntfys://ntfy.sh/topic' }]));
  });

  it('F2.5.4, I2.5.2: tests a saved channel as it is and a changed one as it would be, with the cause and a hint in place', async () => {
    const saved = onChange('post', '/channels/:id/test', () => golden('alerts/test_accepted'));
    const unsaved = onChange('post', '/channels/test', () => golden('alerts/test_refused'));
    const { user } = await open('sms-oncall');
    await user.click(button('Send test'));
    expect(await screen.findByText('Slack took it in 412 ms.')).toBeInTheDocument();
    expect(saved.params).toMatchObject([{ id: 'sms-oncall' }]);
    await user.clear(screen.getByLabelText('From'));
    await user.type(screen.getByLabelText('From'), '+4930556');
    await user.click(button('Send test'));
    expect(await screen.findByText(/^Twilio refused: the sender number is not verified/)).toHaveTextContent("Verify +4930555 in Twilio's console");
    expect(unsaved.bodies[0]).toMatchObject({ kind: 'sms', id: 'sms-oncall', from_number: '+4930556', to: ['+4915112345678'] });
    expect(unsaved.bodies[0]).not.toHaveProperty('auth_token');
  });

  it('a newer version of someone else is told; mine goes over it when I say so', async () => {
    const answers = [problem(412, { title: 'Precondition failed', version: 2 })(), channelOf('ops', { version: 3 })];
    const sent = onChange('put', '/channels/:id', () => answers.shift());
    const { user } = await open('ops');
    await user.type(screen.getByLabelText('Name'), '-2');
    serve('/channels', channelsWith(channelOf('ops', { version: 2, updated_by: 'dana' })));
    await user.click(button('Save channel'));
    expect(await screen.findByText('dana saved another version meanwhile.')).toBeInTheDocument();
    await user.click(button('Save mine over it'));
    await waitFor(() => expect(sent.headers.map((one) => one['if-match'])).toEqual(['"1"', '"2"']));
  });

  it('is deleted only when nobody uses it', async () => {
    const sent = onChange('delete', '/channels/:id', nothing);
    const used = await open('search');
    await used.user.click(button('Delete'));
    const refused = await screen.findByRole('dialog', { name: 'Delete #search?' });
    expect(refused).toHaveTextContent('search-p95 uses it. Take it out there first, or switch it off.');
    expect(within(refused).getByRole('button', { name: 'Delete #search' })).toHaveAccessibleDescription('It is still used');
    used.unmount();
    serve('/channels', channelsWith(channelOf('search', { used_by_rules: [] })));
    const { user } = await open('search');
    await user.click(button('Delete'));
    const dialog = await screen.findByRole('dialog', { name: 'Delete #search?' });
    await user.click(within(dialog).getByRole('button', { name: 'Delete #search' }));
    await waitFor(() => expect(sent.params).toMatchObject([{ id: 'search' }]));
    expect(await screen.findByText('No channel is open.')).toBeInTheDocument();
  });
});

describe('a new channel', () => {
  it('F2.5.3, I2.5.3: Slack by webhook, saved and opened', async () => {
    const made = { ...channelOf('ops'), id: 'team', name: '#team' };
    const sent = onChange('post', '/channels', () => made);
    const { user, ...page } = await newOne('Slack');
    await user.type(screen.getByLabelText('Name'), '#team');
    await user.type(screen.getByLabelText('Webhook address'), 'https://hooks.slack.com/services/T0');
    await user.selectOptions(await screen.findByLabelText('When it refuses, or takes too long'), 'Send to email-platform');
    await user.clear(screen.getByLabelText('Too long is'));
    await user.type(screen.getByLabelText('Too long is'), '5');
    serve('/channels', channelsWith(made));
    await user.click(button('Create channel'));
    await waitFor(() => expect(searchOf(page)).toBe('?tab=channels&channel=team'));
    expect(sent.bodies).toEqual([{ kind: 'slack', name: '#team', enabled: true, fallback: 'email-platform', fallback_after_seconds: 300, webhook_url: 'https://hooks.slack.com/services/T0' }]);
  });

  it('F2.5.4: says when there were too many tests, and when there is room again', async () => {
    onChange('post', '/channels/:id/test', problem(429, { title: 'Too many requests', detail: 'You have sent 10 tests within a minute, which is the limit. Try again in 23 s', retry_after_seconds: 23 }));
    const { user } = await open('ops');
    await user.click(button('Send test'));
    expect(await screen.findByText(/You have sent 10 tests within a minute, which is the limit. Try again in 23 s/)).toBeInTheDocument();
  });

  it('F2.5.3, I2.5.4: email; what the server has against an address stands at it', async () => {
    const sent = onChange('post', '/channels', problem(422, { title: 'Invalid input', errors: [{ field: 'channel.to[0]', message: 'must be an e-mail address' }, { field: 'channel.host', message: 'is missing' }] }));
    const { user } = await newOne('Email');
    await user.type(screen.getByLabelText('Name'), 'mail');
    await user.type(screen.getByRole('combobox', { name: 'To' }), 'nobody{Enter}');
    await user.click(button('Create channel'));
    expect(await screen.findByText('Must be an e-mail address')).toBeInTheDocument();
    expect(screen.getByText('2 fields to fix')).toBeInTheDocument();
    expect(sent.bodies[0]).toMatchObject({ kind: 'email', port: 587, security: 'starttls', to: ['nobody'] });
  });

  it('F2.5.3: SMS by Twilio or a gateway of one’s own; a webhook with a secret that is made here and shown once', async () => {
    const { user } = await newOne('SMS');
    expect(screen.getByLabelText('Account SID')).toBeInTheDocument();
    await user.selectOptions(screen.getByLabelText('Sent by'), 'Own gateway');
    expect(screen.queryByLabelText('Account SID')).not.toBeInTheDocument();
    expect(screen.getByLabelText('Address of the gateway')).toBeInTheDocument();
    await user.click(button('Cancel'));
    await user.click(await screen.findByRole('button', { name: 'Discard and go on' }));
    await user.click(button('New channel'));
    await user.click(button(/^Webhook/));
    await user.click(button('Make one'));
    expect(screen.getByText(/^whsec_[A-Za-z0-9+/]{32}$/)).toBeInTheDocument();
    expect(screen.getByText(/it is not shown again/)).toBeInTheDocument();
  });
});

it('shows once the signing secret that Belfry made for a webhook', async () => {
  const made = { ...channelOf('search'), id: 'hook', name: 'hook', new_signing_secret: 'whsec_bm90IGEgc2VjcmV0' };
  onChange('post', '/channels', () => made);
  const { user } = await newOne('Webhook');
  await user.type(screen.getByLabelText('Name'), 'hook');
  await user.type(screen.getByLabelText('Address'), 'https://hooks.example/a');
  serve('/channels', channelsWith({ ...made, new_signing_secret: null }));
  await user.click(button('Create channel'));
  expect(await screen.findByText('whsec_bm90IGEgc2VjcmV0')).toBeInTheDocument();
  await user.click(button('Close'));
  await user.click(within(card('hook')).getByRole('button'));
  expect(await screen.findByRole('region', { name: 'hook' })).toBeInTheDocument();
});

it('an operator may test and look, not change; the empty list says what a channel is for', async () => {
  as('operator');
  serve('/channels', { ...golden('alerts/channels'), channels: [] });
  const empty = await open();
  expect(screen.getByText('There are no channels yet.')).toBeInTheDocument();
  expect(button('New channel')).toHaveAccessibleDescription('Needs the admin role');
  empty.unmount();
  serve('/channels', golden('alerts/channels'));
  await open('ops');
  expect(screen.getByLabelText('Name')).toBeDisabled();
  expect(button('Send test')).toBeEnabled();
  expect(button('Save channel')).toHaveAccessibleDescription('Needs the admin role');
});
