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

const stateOf = ({ offline, failing, live, opening, stale }) => {
  if (offline) return 'offline';
  if (failing) return 'stale';
  if (live) return 'live';
  if (opening) return 'opening';
  return stale ? 'stale' : 'polling';
};

/**
 * How fresh the page is: `state` is live, polling, stale, offline, or opening in its first moments; `at`: when the last data came, `nextAt`: when it
 * asks again, `channelAt`: when the live channel is opened again, 0 when it is not (all ms); `refused`: why not; `left`:
 * messages this tab was too slow for; `refresh`: ask now; `reconnect`: open the channel now.
 */
export const useLive = () => {
  const now = useNow();
  const online = useOnline();
  const { socket, reached, frameAt, nextTryAt: channelAt, refused, left, retry } = useStore(connection);
  const board = useBoard();
  const failing = board.isError && now - board.dataUpdatedAt > staleAfterMs; // the channel may be open, and the board old
  const at = failing ? board.dataUpdatedAt : Math.max(board.dataUpdatedAt, frameAt);
  const state = stateOf({ offline: !online || !reached, failing, live: isLive(now), opening: socket === 'opening', stale: now - at > staleAfterMs });
  const refresh = () => {
    board.refetch();
    retry();
  };
  return { state, at, nextAt: nextTryAt(board), channelAt, refused, left, refresh, reconnect: retry };
};
