import { plural } from './formatNumber.js';
import { incidentTitle } from './incidentWords.js';

const namedAtMost = 3;

const said = (incidents, words, many) => (incidents.length > namedAtMost ? [`${plural(incidents.length, 'incident')} ${many}.`] : incidents.map((one) => `${incidentTitle(one)} ${words}.`));

/** What changed between two lists of open incidents, as sentences; what is held back is not said. */
export const incidentChanges = (before, after) => {
  const told = (incidents) => incidents.filter(({ hold }) => !hold);
  const missing = (from, among) => told(from).filter(({ id }) => !among.some((one) => one.id === id));
  return [...said(missing(after, told(before)), 'is firing', 'are firing'), ...said(missing(before, after), 'is resolved', 'are resolved')];
};
