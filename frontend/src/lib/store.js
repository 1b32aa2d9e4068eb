import { useSyncExternalStore } from 'react';

/** A value outside React that components can follow. `set` takes a value or a function of the old one. */
export const createStore = (initial) => {
  let value = initial;
  const listeners = new Set();
  const get = () => value;
  const set = (next) => {
    const changed = typeof next === 'function' ? next(value) : next;
    if (Object.is(changed, value)) return;
    value = changed;
    for (const listener of listeners) listener();
  };
  const subscribe = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return { get, set, subscribe };
};

export const useStore = (store) => useSyncExternalStore(store.subscribe, store.get);
