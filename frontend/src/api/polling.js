import { keepPreviousData } from '@tanstack/react-query';
import { isLive } from '../lib/connection.js';

export const refreshSeconds = 30;
const retrySeconds = 15;

const lastTryAt = ({ dataUpdatedAt, errorUpdatedAt }) => Math.max(dataUpdatedAt, errorUpdatedAt);

/** When a query asks again, in ms since the epoch: sooner after a failure. */
export const nextTryAt = (query) => lastTryAt(query) + (query.status === 'error' ? retrySeconds : refreshSeconds) * 1000;

/**
 * Milliseconds to the next refetch; none while the live channel speaks. Counted from the last try, so that all
 * observers of a query come due at the same moment and share one request.
 */
const interval = ({ state }) => {
  if (isLive()) return false;
  return lastTryAt(state) ? Math.max(1000, nextTryAt(state) - Date.now()) : refreshSeconds * 1000;
};

/** Options of every query whose data changes by itself. The last data stays on screen whatever happens. */
export const polled = {
  staleTime: refreshSeconds * 1000,
  refetchInterval: interval,
  refetchOnWindowFocus: true,
  placeholderData: keepPreviousData,
};
