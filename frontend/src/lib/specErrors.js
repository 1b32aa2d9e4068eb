import { capitalised } from './sentences.js';

/** The server's words by field path (`checks[0].url`), and how many of them there are. The prefix of a wrapped body goes. */
export const fieldErrors = (problem) => new Map((problem?.errors ?? []).map(({ field, message }) => [field.replace(/^spec\./, ''), capitalised(message)]));

/** What the server said of `path`, or of something below it that has no field of its own (`own`: paths that have). */
export const errorAt = (errors, path) => errors.get(path) ?? [...errors].find(([field]) => field.startsWith(`${path}.`) || field.startsWith(`${path}[`))?.[1];
