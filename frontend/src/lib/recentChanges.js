import { withChanges } from './boardPatches.js';

const keptMs = 3000;
let recent = [];

const stillRecent = (now) => recent.filter(({ heardAt }) => now - heardAt < keptMs);

/** Keeps what the live channel told of changed services for as long as an answer may be older than it. */
export const noteChanges = (messages, now = Date.now()) => {
  const changes = messages.filter(({ kind }) => kind === 'health.changed').map(({ data }) => ({ data, heardAt: now }));
  if (changes.length) recent = [...stillRecent(now), ...changes];
};

/** A board as the server answered it, with what was heard meanwhile: an answer under way when a change came would take it
    back from the screen, and so would one from the server's memory, which may be a second old. */
export const caughtUp = (board, now = Date.now()) => withChanges(board, stillRecent(now).map(({ data }) => data));
