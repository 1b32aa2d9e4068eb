/** What each kind of check asks for. A field: name on the wire, label, type (text, number, select, switch, area, pairs),
    and what is known about it; `more`: folded away at first; `unit`; `required`. `start`: values a new check begins with. */
const text = (name, label, extra) => ({ name, label, type: 'text', ...extra });
const number = (name, label, extra) => ({ name, label, type: 'number', ...extra });
const choice = (name, label, options, extra) => ({ name, label, type: 'select', options, ...extra });
const toggle = (name, label, extra) => ({ name, label, type: 'switch', ...extra });
const area = (name, label, extra) => ({ name, label, type: 'area', ...extra });
const pairs = (name, label, extra) => ({ name, label, type: 'pairs', ...extra });

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const records = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'SOA', 'SRV', 'TXT', 'CAA', 'PTR'];
const host = text('host', 'Host', { required: true, placeholder: 'shop.example.com', mono: true });
const port = (start) => number('port', 'Port', { required: true, start, min: 1, max: 65_535 });
const send = text('send', 'Send', { more: true, mono: true, hint: 'Sent once connected' });
const expect = text('expect', 'Expect', { more: true, mono: true, hint: 'A regular expression the answer must match' });

export const checkKinds = [
  {
    kind: 'http',
    title: 'HTTP',
    about: 'A request and what its answer must be',
    fields: [
      text('url', 'Address', { required: true, placeholder: 'https://shop.example.com/health', mono: true }),
      choice('method', 'Method', methods, { start: 'GET' }),
      text('expect_status', 'Status', { start: '2xx', mono: true, hint: 'For example 2xx, 200-299 or 200,204' }),
      number('max_latency_ms', 'Fail when slower than', { unit: 'ms' }),
      text('expect_body', 'Answer contains', { more: true, mono: true, hint: 'A regular expression' }),
      { name: 'assertions', label: 'Statements on JSON', type: 'assertions', more: true },
      pairs('headers', 'Request headers', { more: true }),
      pairs('expect_headers', 'Expected headers', { more: true }),
      area('body', 'Request body', { more: true, mono: true }),
      toggle('follow_redirects', 'Follow redirects', { more: true }),
      toggle('verify_tls', 'Verify the certificate', { more: true, start: true }),
      number('tls_warn_days', 'Warn before the certificate ends', { more: true, unit: 'days', start: 14 }),
    ],
  },
  { kind: 'tcp', title: 'TCP', about: 'A port that accepts connections', fields: [host, port(), send, expect] },
  {
    kind: 'tls',
    title: 'TLS',
    about: 'A certificate that is valid and not about to end',
    fields: [
      host,
      port(443),
      number('warn_days', 'Warn before it ends', { unit: 'days', start: 14 }),
      text('server_name', 'Server name', { more: true, mono: true, hint: 'When it differs from the host' }),
      toggle('verify', 'Verify the chain', { more: true, start: true }),
    ],
  },
  {
    kind: 'dns',
    title: 'DNS',
    about: 'A name that resolves',
    fields: [
      text('name_to_resolve', 'Name', { required: true, placeholder: 'shop.example.com', mono: true }),
      choice('record_type', 'Record', records, { start: 'A' }),
      text('server', 'Ask this server', { mono: true, hint: 'Else the one of this machine' }),
      number('port', 'Port', { more: true, start: 53, min: 1, max: 65_535 }),
      { ...expect, hint: 'A regular expression that one answer must match' },
    ],
  },
  {
    kind: 'icmp',
    title: 'Ping',
    about: 'A host that answers echoes',
    fields: [host, number('count', 'Echoes', { start: 3, min: 1, max: 10 }), number('max_loss_pct', 'Fail when more are lost than', { unit: '%', start: 50, min: 0, max: 100 })],
  },
  {
    kind: 'grpc',
    title: 'gRPC',
    about: 'The standard health service',
    fields: [host, port(), text('service', 'Service', { mono: true, hint: 'Empty asks for the whole server' }), toggle('tls', 'Use TLS')],
  },
  {
    kind: 'postgres',
    title: 'PostgreSQL',
    about: 'A database that answers a query',
    fields: [
      text('dsn', 'Address', { required: true, placeholder: 'postgresql://user@host/database, or $NAME', mono: true, hint: '$NAME takes it from the environment' }),
      text('query', 'Query', { start: 'SELECT 1', mono: true }),
      { ...expect, hint: 'A regular expression that the first value must match' },
    ],
  },
  {
    kind: 'nats',
    title: 'NATS',
    about: 'A server, or a service on the bus',
    fields: [
      text('url', 'Server', { placeholder: 'nats://host:4222, or $NAME', mono: true, hint: 'Or name a service below' }),
      text('service', 'Service', { mono: true, hint: "A micro service on Belfry's own bus" }),
      number('min_instances', 'At least so many of it', { start: 1, min: 1 }),
      text('request', 'Ask this subject', { more: true, mono: true, hint: 'Its health+json answer gives the components' }),
    ],
  },
  {
    kind: 'websocket',
    title: 'WebSocket',
    about: 'A handshake and a ping',
    fields: [text('url', 'Address', { required: true, placeholder: 'wss://shop.example.com/live', mono: true }), send, expect, pairs('headers', 'Request headers', { more: true }), toggle('verify_tls', 'Verify the certificate', { more: true, start: true })],
  },
  {
    kind: 'heartbeat',
    title: 'Heartbeat',
    about: 'The service reports by itself',
    fields: [number('grace_seconds', 'Grace after a missed beat', { unit: 's', start: 30, min: 0 })],
  },
];

const common = [
  text('name', 'Name of this check', { more: true, mono: true, hint: 'Needed when two are of one kind' }),
  toggle('critical', 'Critical: when it fails, the service is down', { more: true }),
  number('degraded_ms', 'Degraded when slower than', { more: true, unit: 'ms' }),
];

export const kindOf = (kind) => checkKinds.find((one) => one.kind === kind);

/** All fields of a kind, its own first. */
export const fieldsOf = (kind) => [...(kindOf(kind)?.fields ?? []), ...common];

/** A check of a kind as it begins. */
export const newCheck = (kind) => ({
  kind,
  ...Object.fromEntries(fieldsOf(kind).filter((field) => field.start !== undefined).map((field) => [field.name, field.start])),
});
