import { useEffect } from 'react';
import { useBlocker } from 'react-router';

const isOtherPage = ({ currentLocation, nextLocation }) => currentLocation.pathname !== nextLocation.pathname;

/** Asks before something unsaved is left: the browser by itself when the tab is closed, and the page by what is answered
    here: null, or `{stay, leave}` while someone wants to go to another page. `isLeaving({currentLocation, nextLocation})`:
    what counts as going. */
export const useLeaveGuard = (unsaved, isLeaving = isOtherPage) => {
  const blocker = useBlocker((places) => unsaved && isLeaving(places));
  useEffect(() => {
    if (!unsaved) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);
  return blocker.state === 'blocked' ? { stay: blocker.reset, leave: blocker.proceed } : null;
};
