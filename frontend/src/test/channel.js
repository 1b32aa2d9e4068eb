import { ws } from 'msw';
import { goldenNow } from './golden.js';

export const channel = ws.link('*/api/v1/ws');

/** The gateway takes the connection and says nothing: pages ask by themselves. */
export const silentChannel = channel.addEventListener('connection', () => {});

const topics = ['health', 'latency', 'alerts', 'pipeline', 'ws'];
export const connectedFrame = { connected: { connection_id: 'c-01h8k2', node: 'gw-0', user: 'ana', role: 'admin', topics, epoch: 'e1', ping_seconds: 25, expires_at: null } };

const say = (client, frame) => client.send(JSON.stringify(frame));

/**
 * The gateway's side of the live channel: greets, and serves what is subscribed to; `answer(subscribe)` may change what it
 * says to that. Answers `{handler, heard, clients, tell, push, end}`: `heard` are the commands, newest last; `tell(frame)`,
 * `push(...messages)` and `end(code, farewell)` are for the newest client.
 */
export const gatewayChannel = ({ greeting = connectedFrame, answer = () => ({}) } = {}) => {
  const heard = [];
  const clients = [];
  const reply = (client, { id, subscribe }) =>
    subscribe && say(client, { id, subscribed: { topic: subscribe.topic, recovered: true, epoch: 'e1', offset: 100, ...answer(subscribe) } });
  const handler = channel.addEventListener('connection', ({ client }) => {
    clients.push(client);
    client.addEventListener('message', ({ data }) => {
      heard.push(JSON.parse(data));
      reply(client, heard.at(-1));
    });
    if (greeting) say(client, greeting);
  });
  const tell = (frame) => say(clients.at(-1), frame);
  const push = (...messages) => tell({ batch: messages });
  const end = (code, farewell) => {
    const client = clients.at(-1);
    if (farewell) say(client, { disconnect: { code, ...farewell } });
    setTimeout(() => client.close(code)); // what was said arrives first
  };
  return { handler, heard, clients, tell, push, end };
};

/** The body of a message about the fleet's figures, some seconds after the golden moment. */
export const statusOf = (stats, seconds = 0) => ({ topic: 'ws', kind: 'ws.status', key: 'fleet', data: { stats: { ...stats, at: new Date(goldenNow.getTime() + seconds * 1000).toISOString() } } });
