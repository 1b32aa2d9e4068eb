import { useEffect, useState } from 'react';

const delayMs = 150;
const leastMs = 300;

/** Whether the skeleton shows: after 150 ms of loading, and then for 300 ms at least, so that nothing flickers. */
export const useSkeleton = (loading) => {
  const [shownAt, setShownAt] = useState(0);
  useEffect(() => {
    if (loading === shownAt > 0) return undefined;
    const wait = loading ? delayMs : Math.max(0, leastMs - (Date.now() - shownAt));
    const timer = setTimeout(() => setShownAt(loading ? Date.now() : 0), wait);
    return () => clearTimeout(timer);
  }, [loading, shownAt]);
  return shownAt > 0;
};
