import { useMemo, useSyncExternalStore } from 'react';
import { linesOf } from './endpointId.js';

const mostCharacters = 2000; // the server takes so many in one question
const keyOf = (user) => `belfry.watched.${user}`;

const parsed = (text) => {
  try {
    const ids = JSON.parse(text ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return []; // somebody else wrote there: start afresh
  }
};
const stored = (user) => localStorage.getItem(keyOf(user));

const listeners = new Set();
const write = (user, ids) => {
  localStorage.setItem(keyOf(user), JSON.stringify(ids));
  for (const listener of listeners) listener();
};
const subscribe = (listener) => {
  listeners.add(listener);
  window.addEventListener('storage', listener); // another tab wrote
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
};

export const isRoomFor = (ids) => linesOf(ids).length <= mostCharacters;

/** Watches endpoints, too. Answers false when there is no room for so many. */
export const watchAll = (user, ids) => {
  const next = [...new Set([...parsed(stored(user)), ...ids])];
  if (!isRoomFor(next)) return false;
  write(user, next);
  return true;
};

export const unwatch = (user, id) => write(user, parsed(stored(user)).filter((other) => other !== id));

/** The ids of the endpoints that a person watches in this browser, in the order they were chosen. */
export const useWatched = (user) => {
  const text = useSyncExternalStore(subscribe, () => stored(user));
  return useMemo(() => parsed(text), [text]);
};
