import { fieldLabels } from './ruleDiff.js';
import { capitalised } from './sentences.js';

const startsWithVerb = /^(must|is|means|matches)\b/;
const words = (name, message) => capitalised(startsWithVerb.test(message) && fieldLabels[name] ? `${fieldLabels[name]} ${message}` : message);
const own = (field) => field.replace(/^(rule|channel)\./, '');
const rootOf = (field) => own(field).replace(/[.[].*$/, '');

/** What the server has against a rule, by field: `{text, fix}`. Parts of a field count as the field; the first one stands. */
export const ruleErrors = (errors = []) => {
  const found = new Map();
  for (const { field, message, fix } of errors) {
    const name = rootOf(field);
    if (!found.has(name)) found.set(name, { text: words(name, message), fix: own(field) === name ? fix : undefined });
  }
  return found;
};
