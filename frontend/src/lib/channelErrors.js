import { capitalised } from './sentences.js';

/** What the server has against a channel, by field; parts of a field count as the field. */
export const channelErrors = (errors = []) =>
  new Map(errors.map(({ field, message }) => [field.replace(/^channel\./, '').replace(/[.[].*$/, ''), capitalised(message)]).toReversed());
