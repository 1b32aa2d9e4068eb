import { useEffect } from 'react';
import { useSearchParams } from 'react-router';

/** Whether the page hangs on a wall (`?tv=1`): then the screen is kept awake while it is visible. */
export const useWall = () => {
  const wall = useSearchParams()[0].get('tv') === '1';
  useEffect(() => {
    if (!wall || !navigator.wakeLock) return undefined;
    let lock = null;
    const keepAwake = async () => {
      if (document.visibilityState !== 'visible') return;
      lock = await navigator.wakeLock.request('screen').catch(() => null); // the system may refuse, on battery for instance
    };
    keepAwake();
    document.addEventListener('visibilitychange', keepAwake);
    return () => {
      document.removeEventListener('visibilitychange', keepAwake);
      lock?.release();
    };
  }, [wall]);
  return wall;
};
