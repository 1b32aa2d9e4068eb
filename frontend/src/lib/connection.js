import { createStore } from './store.js';

/**
 * What is known about the way to the gateway. `socket`: 'closed' until a live channel exists, then 'open';
 * `frameAt`: its last frame; `reached`: the last request got an answer, whatever it said. Times in milliseconds.
 */
export const connection = createStore({ socket: 'closed', frameAt: 0, reached: true, reachedAt: 0 });

export const noteReached = (reached) =>
  connection.set((old) => {
    if (!reached) return old.reached ? { ...old, reached } : old;
    return { ...old, reached, reachedAt: Date.now() };
  });

export const isLive = (now = Date.now()) => {
  const { socket, frameAt } = connection.get();
  return socket === 'open' && now - frameAt < 30_000;
};
