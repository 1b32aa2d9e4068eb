import { createStore } from './store.js';

/** `csrf`: what unsafe requests repeat; `expired`: a request was refused because nobody is signed in any more. */
export const session = createStore({ csrf: '', expired: false });

export const sessionStarted = (csrf) => session.set((old) => (old.csrf === csrf && !old.expired ? old : { csrf, expired: false }));
export const sessionExpired = () => session.set((old) => (old.expired ? old : { ...old, expired: true }));
export const sessionEnded = () => session.set({ csrf: '', expired: false });
