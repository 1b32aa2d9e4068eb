import { useEffect } from 'react';
import { createStore } from './store.js';

/** Topics of the live channel: the first part of the query keys that each is about, and the addresses they come from.
    `states`: the next message tells all that an earlier one did. */
const topics = {
  health: { keys: ['health'], path: '/admin/health' },
  latency: { keys: ['latency'], path: '/admin/latency', states: true },
  alerts: { keys: ['alerts'], path: '/admin/alerts' },
  pipeline: { keys: ['pipeline', 'middleware'], path: '/admin/middleware' },
  ws: { keys: ['websocket'], path: '/admin/websocket', states: true },
};
const named = Object.entries(topics);

export const keysOf = (topic) => (topics[topic]?.keys ?? []).map((key) => ({ queryKey: [key] }));
export const isOfStates = (topic) => Boolean(topics[topic]?.states);
export const topicOfKey = (key) => named.find(([, { keys }]) => keys.includes(key))?.[0];
export const topicOfPath = (path) => named.find(([, { path: root }]) => path.startsWith(root))?.[0];

/** What every page shows something of, in its frame. */
const always = ['health', 'alerts', 'pipeline'];
const wishes = new Map();

/** The topics that something on screen wants to hear. */
export const wantedTopics = createStore(always);

const wish = (topic, by) => {
  wishes.set(topic, (wishes.get(topic) ?? 0) + by);
  wantedTopics.set([...always, ...[...wishes].filter(([, count]) => count > 0).map(([name]) => name)]);
};

/** Hears a topic while mounted. */
export const useTopic = (topic) =>
  useEffect(() => {
    wish(topic, 1);
    return () => wish(topic, -1);
  }, [topic]);
