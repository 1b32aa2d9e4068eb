import { keepPreviousData } from '@tanstack/react-query';
import { connection, isHeard } from '../lib/connection.js';
import { topicOfKey } from '../lib/topics.js';

export const refreshSeconds = 30;
const retrySeconds = 15;
const leastReconcileSeconds = 60;

const lastTryAt = ({ dataUpdatedAt, errorUpdatedAt }) => Math.max(dataUpdatedAt, errorUpdatedAt);

/** When a query asks again, in ms since the epoch: sooner after a failure, and not before the live channel has been silent
    for as long. `every`: its interval in seconds. */
export const nextTryAt = (query, every = refreshSeconds) =>
  query.status === 'error' ? lastTryAt(query) + retrySeconds * 1000 : Math.max(lastTryAt(query), connection.get().frameAt) + every * 1000;

/** While changes come by themselves, now and then for what no message tells: work that was planned begins, uptime grows. */
const reconcileAt = (query, every) => lastTryAt(query) + Math.max(leastReconcileSeconds, 2 * every) * 1000;

/**
 * Milliseconds to the next refetch. Counted from the last try, so that all observers of a query come due at the same
 * moment and share one request.
 */
const interval = (every) => ({ queryKey: [root] = [], state }) => {
  if (!lastTryAt(state)) return every * 1000;
  const at = isHeard(topicOfKey(root)) && state.status !== 'error' ? reconcileAt(state, every) : nextTryAt(state, every);
  return Math.max(1000, at - Date.now());
};

/** Lets every query on screen work out anew when it asks again: the live channel came or went. */
export const repace = (client) => client.getQueryCache().getAll().forEach(({ observers }) => observers.forEach((observer) => observer.setOptions(observer.options)));

/** Options of a query whose data changes by itself and is asked for `every` so many seconds, unless the live channel tells
    it. The last data stays on screen whatever happens. */
export const polledEvery = (every) => ({
  staleTime: every * 1000,
  refetchInterval: interval(every),
  refetchOnWindowFocus: true,
  placeholderData: keepPreviousData,
});

export const polled = polledEvery(refreshSeconds);
