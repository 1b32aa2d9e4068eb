/** How each kind of channel is set up. `secrets` never come back from the server. Types: text, number, select, list, pairs,
    secret. `when`: whether a field counts, by what is chosen. */
const to = (label, hint, placeholder) => ({ name: 'to', type: 'list', label, hint, placeholder, required: true });
const webhook = (hint, placeholder) => ({ name: 'webhook_url', type: 'secret', label: 'Webhook address', hint, placeholder, required: true });
const isTwilio = ({ provider }) => provider !== 'http';

const kinds = {
  slack: {
    word: 'Slack',
    about: 'A message in a channel, edited and threaded when it resolves',
    fields: [
      { ...webhook('From an incoming webhook of your Slack app', 'https://hooks.slack.com/services/…'), required: false },
      { name: 'bot_token', type: 'secret', label: 'Or bot token', hint: 'Then the message is edited and threaded when it resolves', placeholder: 'xoxb-…' },
      { name: 'channel', type: 'text', label: 'Channel', hint: 'Needed with a bot token', placeholder: '#ops' },
    ],
  },
  email: {
    word: 'Email',
    about: 'Mail over your SMTP server',
    fields: [
      to('To', 'One address after the other', 'ops@example.com'),
      { name: 'from_address', type: 'text', label: 'From', placeholder: 'belfry@example.com', required: true },
      { name: 'host', type: 'text', label: 'SMTP server', placeholder: 'smtp.example.com', required: true },
      { name: 'port', type: 'number', label: 'Port', start: 587 },
      { name: 'security', type: 'select', label: 'Encryption', start: 'starttls', options: [['starttls', 'STARTTLS'], ['tls', 'TLS'], ['none', 'None']] },
      { name: 'username', type: 'text', label: 'User' },
      { name: 'password', type: 'secret', label: 'Password' },
    ],
  },
  sms: {
    word: 'SMS',
    about: 'Text messages by Twilio, or a gateway of your own',
    fields: [
      { name: 'provider', type: 'select', label: 'Sent by', start: 'twilio', options: [['twilio', 'Twilio'], ['http', 'Own gateway']] },
      to('To', 'Numbers with their country', '+4915112345678'),
      { name: 'account_sid', type: 'text', label: 'Account SID', placeholder: 'AC…', when: isTwilio },
      { name: 'auth_token', type: 'secret', label: 'Auth token' },
      { name: 'from_number', type: 'text', label: 'From', placeholder: '+4930555', when: isTwilio },
      { name: 'url', type: 'secret', label: 'Address of the gateway', hint: 'It gets JSON by POST', placeholder: 'https://', required: true, when: (channel) => !isTwilio(channel) },
    ],
  },
  webhook: {
    word: 'Webhook',
    about: 'Signed JSON to any address',
    fields: [
      { name: 'url', type: 'secret', label: 'Address', hint: 'It gets JSON by POST', placeholder: 'https://', required: true },
      { name: 'signing_secret', type: 'secret', label: 'Signing secret', hint: 'As Standard Webhooks say; made by Belfry when it is left out', placeholder: 'whsec_…', canMake: true },
      { name: 'headers', type: 'pairs', label: 'Headers' },
    ],
  },
  pagerduty: {
    word: 'PagerDuty',
    about: 'An incident for who is on call, resolved with the alert',
    fields: [
      { name: 'routing_key', type: 'secret', label: 'Routing key', hint: 'Of an Events API v2 integration', required: true },
      { name: 'region', type: 'select', label: 'Region', start: 'us', options: [['us', 'US'], ['eu', 'EU']] },
    ],
  },
  teams: { word: 'Teams', about: 'A card in a Microsoft Teams channel', fields: [webhook('From a workflow that takes messages by webhook', 'https://…logic.azure.com/…')] },
  discord: { word: 'Discord', about: 'A message in a Discord channel', fields: [webhook('From the channel’s integrations', 'https://discord.com/api/webhooks/…')] },
  telegram: {
    word: 'Telegram',
    about: 'A message of a bot',
    fields: [
      { name: 'bot_token', type: 'secret', label: 'Bot token', hint: 'From @BotFather', required: true },
      { name: 'chat_id', type: 'text', label: 'Chat', hint: 'A number, or @channel', required: true },
    ],
  },
  apprise: {
    word: 'Apprise',
    about: 'Any of the services that Apprise reaches over HTTP',
    install: 'Needs the package apprise where alert_svc runs: pip install belfry[apprise]',
    fields: [{ name: 'url', type: 'secret', label: 'Address', hint: 'In the notation of Apprise', placeholder: 'ntfys://ntfy.sh/topic', required: true }],
  },
};

export const channelKinds = Object.keys(kinds);
/** `{word, about, fields, install}` of a kind; `install`: what to do where it is not there. */
export const channelKind = (kind) => kinds[kind] ?? { word: kind, about: '', fields: [] };
/** The fields that count with what is chosen. */
export const fieldsOfChannel = (channel) => channelKind(channel.kind).fields.filter(({ when }) => !when || when(channel));
