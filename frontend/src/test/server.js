import { setupServer } from 'msw/node';
import { handlers } from './handlers.js';

/** Answers as the gateway does, from the golden files. Tests replace single answers with `server.use(...)`. */
export const server = setupServer(...handlers);
