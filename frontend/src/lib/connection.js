import { createStore } from './store.js';

/**
 * What is known about the way to the gateway. `socket`: whether the live channel is 'opening' for the first time, 'open', or
 * 'closed' (a loss of under 3 s is none); `frameAt`: its last frame; `topics`: what it serves; `id`: of this tab's connection; `nextTryAt`: when it
 * is opened again, 0 when it is not; `refused`: why it is not, in words; `left`: messages this tab was too slow for;
 * `retry`: opens it now. `reached`: the last request got an answer, whatever it said. Times in milliseconds.
 */
const initial = { socket: 'closed', frameAt: 0, topics: [], id: '', nextTryAt: 0, refused: '', left: 0, retry: () => {}, reached: true, reachedAt: 0 };
export const connection = createStore(initial);

export const noteReached = (reached) =>
  connection.set((old) => {
    if (!reached) return old.reached ? { ...old, reached } : old;
    return { ...old, reached, reachedAt: Date.now() };
  });

export const noteChannel = (changes) => connection.set((old) => ({ ...old, ...changes }));

/** Nobody is signed in any more: there is no channel. */
export const forgetChannel = () => connection.set(({ reached, reachedAt }) => ({ ...initial, reached, reachedAt }));

export const isLive = (now = Date.now()) => {
  const { socket, frameAt } = connection.get();
  return socket === 'open' && now - frameAt < 30_000;
};

/** Whether changes of a topic come by themselves. */
export const isHeard = (topic) => isLive() && connection.get().topics.includes(topic);
