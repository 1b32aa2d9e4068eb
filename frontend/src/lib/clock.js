import { useSyncExternalStore } from 'react';

/** One timer for every ticking time on the page; it stops when nobody looks. Milliseconds, whole seconds. */
const listeners = new Set();
let now = Date.now();
let timer = null;

const tick = () => {
  now = Date.now();
  for (const listener of listeners) listener();
};

const subscribe = (listener) => {
  if (!listeners.size) {
    now = Date.now();
    timer = setInterval(tick, 1000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (!listeners.size) clearInterval(timer);
  };
};

/** The time in steps of `stepSeconds`: a component renders again only when its step ends. */
export const useNow = (stepSeconds = 1) => {
  const step = stepSeconds * 1000;
  const get = () => (stepSeconds === 1 ? now : Math.floor(now / step) * step);
  return useSyncExternalStore(subscribe, get);
};
