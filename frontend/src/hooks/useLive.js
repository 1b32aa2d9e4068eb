import { useSyncExternalStore } from 'react';
import { useBoard } from '../api/health.js';
import { nextTryAt, refreshSeconds } from '../api/polling.js';
import { useNow } from '../lib/clock.js';
import { connection, isLive } from '../lib/connection.js';
import { useStore } from '../lib/store.js';

const staleAfterMs = 2 * refreshSeconds * 1000;

const subscribeOnline = (listener) => {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
};
const useOnline = () => useSyncExternalStore(subscribeOnline, () => navigator.onLine);

const stateOf = ({ offline, live, stale }) => {
  if (offline) return 'offline';
  if (live) return 'live';
  return stale ? 'stale' : 'polling';
};

/**
 * How fresh the page is: `state` is live, polling, stale or offline; `at`: when the last data came, `nextAt`: when it
 * asks again (both ms); `refresh`: ask now.
 */
export const useLive = () => {
  const now = useNow();
  const online = useOnline();
  const { reached, frameAt } = useStore(connection);
  const board = useBoard();
  const at = Math.max(board.dataUpdatedAt, frameAt);
  const state = stateOf({ offline: !online || !reached, live: isLive(now), stale: at ? now - at > staleAfterMs : board.isError });
  return { state, at, nextAt: nextTryAt(board), refresh: board.refetch };
};
