import { keepPreviousData } from '@tanstack/react-query';
import { isLive } from '../lib/connection.js';

export const refreshSeconds = 30;
const retrySeconds = 15;

/** Milliseconds to the next refetch: none while the live channel speaks, sooner after a failure. */
const interval = (query) => {
  if (isLive()) return false;
  return (query.state.status === 'error' ? retrySeconds : refreshSeconds) * 1000;
};

/** When a failed query asks again, in milliseconds since the epoch. */
export const nextTryAt = (query) => query.errorUpdatedAt + retrySeconds * 1000;

/** Options of every query whose data changes by itself. The last data stays on screen whatever happens. */
export const polled = {
  staleTime: refreshSeconds * 1000,
  refetchInterval: interval,
  refetchOnWindowFocus: true,
  placeholderData: keepPreviousData,
};
