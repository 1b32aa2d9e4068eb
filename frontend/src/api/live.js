import { connection, forgetChannel, isLive, noteChannel, noteReached } from '../lib/connection.js';
import { forgetPositions, isKnown, moveTo, positionOf } from '../lib/positions.js';
import { session } from '../lib/session.js';
import { isOfStates, keysOf } from '../lib/topics.js';
import { get } from './client.js';
import { createLiveCache } from './liveCache.js';
import { repace } from './polling.js';
import { meQuery } from './session.js';
import { keepSocket, usualTiming } from './socket.js';
import { createSubscriptions } from './subscriptions.js';

const address = () => `${window.location.origin.replace(/^http/, 'ws')}/api/v1/ws`;
const frameNotedMs = 1000;

const closed = { socket: 'closed', topics: [], id: '' };

/** Whether the gateway is there, and who is signed in with which role: a browser does not tell why a socket could not be
    opened. The client notes what it finds. */
const askWho = async (client) => {
  const me = await get('/auth/me').catch(() => null);
  if (me) client.setQueryData(meQuery.queryKey, me);
};

/** What each frame means: `{field of the frame: (its value, send)}`. `tell` publishes what changed about the channel. */
const frameTable = ({ socket, subscriptions, cache, tell, onRole }) => {
  let epoch = '';
  let reloaded = false; // one loss makes everything old once, however many topics tell of it

  const missed = {
    nothing: () => {},
    unknown: (topic) => cache.stale(isOfStates(topic) ? [] : keysOf(topic)),
    something: () => {
      if (!reloaded) cache.reload();
      reloaded = true;
    },
  };

  return {
    connected: ({ connection_id: id, role, topics, ping_seconds: seconds, epoch: current }, send) => {
      epoch = current;
      reloaded = false;
      socket().expect(seconds);
      noteReached(true);
      tell({ socket: 'open', frameAt: Date.now(), id, topics: [], nextTryAt: 0, refused: '', left: 0 });
      subscriptions.start(topics, send);
      onRole(role);
    },
    subscribed: (answer) => {
      missed[subscriptions.served(answer)](answer.topic);
      tell();
    },
    batch: (messages) => {
      const news = messages.filter(({ topic, offset }) => !isKnown(topic, offset));
      const offset = Math.max(-1, ...news.map((message) => message.offset ?? -1));
      if (offset >= 0) connection.get().topics.forEach((topic) => moveTo(topic, { epoch, offset })); // one stream, in order
      cache.take(news);
    },
    resync: ({ topic, epoch: current, offset }) => {
      const replaced = positionOf(topic)?.epoch !== current; // what came in the old stream may be lost
      moveTo(topic, { epoch: current, offset });
      subscriptions.again(topic);
      if (replaced) cache.stale(keysOf(topic));
    },
    lag: ({ dropped, conflated }) => tell({ left: dropped + conflated }),
    disconnect: (told) => socket().farewell(told),
  };
};

/** When to look after the channel besides its own timers. Answers a function that ends it. */
const watchBrowser = ({ renew, wake }) => {
  const onVisible = () => document.visibilityState === 'visible' && wake();
  window.addEventListener('online', renew);
  window.addEventListener('pageshow', onVisible);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    window.removeEventListener('online', renew);
    window.removeEventListener('pageshow', onVisible);
    document.removeEventListener('visibilitychange', onVisible);
  };
};

/** Opens the live channel for the person signed in and feeds the query cache from it. Answers a function that closes it. */
export const openLive = (client, timing = usualTiming) => {
  const cache = createLiveCache(client);
  const subscriptions = createSubscriptions(timing.unsubscribe);
  let grace = null;

  /** Publishes, and lets every query work out anew when it asks again. */
  const tell = (changes = {}) => {
    noteChannel(changes);
    repace(client);
  };

  const onRole = (role) => {
    const known = client.getQueryData(meQuery.queryKey)?.user.role;
    if (known && known !== role) askWho(client);
  };
  const table = frameTable({ socket: () => socket, subscriptions, cache, tell, onRole });

  const onFrame = (frame, send) => {
    const fields = Object.keys(frame);
    if (!fields.length) send({}); // a ping
    if (frame.connected) {
      clearTimeout(grace);
      grace = null;
    }
    fields.forEach((field) => table[field]?.(frame[field], send));
    if (Date.now() - connection.get().frameAt >= frameNotedMs) noteChannel({ frameAt: Date.now() });
  };

  /** A short loss is none: only after a while, or when it is for good, pages ask by themselves again. */
  const lose = () => {
    grace ??= setTimeout(() => tell(closed), timing.grace);
  };

  const onLost = ({ reason, nextTryAt }) => {
    if (nextTryAt === null) {
      tell({ ...closed, nextTryAt: 0, refused: reason || 'The gateway closed the connection' });
      askWho(client);
    } else {
      noteChannel({ nextTryAt });
      lose();
    }
  };

  const onSession = () => {
    if (!session.get().expired) return socket.retry();
    socket.close();
    return tell(closed);
  };

  const socket = keepSocket({ url: address(), timing, onFrame, onLost, onUnreachable: () => askWho(client) });
  const unlessRefused = (action) => () => !connection.get().refused && !session.get().expired && action();
  const unwatch = watchBrowser({ renew: unlessRefused(socket.renew), wake: unlessRefused(() => !isLive() && socket.renew()) });
  const unfollow = session.subscribe(onSession);
  noteChannel({ socket: 'opening', retry: socket.retry });
  lose();

  return () => {
    unwatch();
    unfollow();
    clearTimeout(grace);
    socket.close();
    subscriptions.stop();
    cache.stop();
    forgetChannel();
    forgetPositions();
  };
};
