import { keepPreviousData } from '@tanstack/react-query';
import { isLive } from '../lib/connection.js';

export const refreshSeconds = 30;
const retrySeconds = 15;

const lastTryAt = ({ dataUpdatedAt, errorUpdatedAt }) => Math.max(dataUpdatedAt, errorUpdatedAt);

/** When a query asks again, in ms since the epoch: sooner after a failure. `every`: its interval in seconds. */
export const nextTryAt = (query, every = refreshSeconds) => lastTryAt(query) + (query.status === 'error' ? retrySeconds : every) * 1000;

/**
 * Milliseconds to the next refetch; none while the live channel speaks. Counted from the last try, so that all
 * observers of a query come due at the same moment and share one request.
 */
const interval = (every) => ({ state }) => {
  if (isLive()) return false;
  return lastTryAt(state) ? Math.max(1000, nextTryAt(state, every) - Date.now()) : every * 1000;
};

/** Options of a query whose data changes by itself and is asked for `every` so many seconds. The last data stays on
    screen whatever happens. */
export const polledEvery = (every) => ({
  staleTime: every * 1000,
  refetchInterval: interval(every),
  refetchOnWindowFocus: true,
  placeholderData: keepPreviousData,
});

export const polled = polledEvery(refreshSeconds);
