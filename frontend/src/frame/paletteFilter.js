import { fuzzyScore } from '../lib/fuzzy.js';
import { lastUsed } from '../lib/lastUsed.js';

const atMost = 8;

const best = (actions, query, used) => {
  const place = (id) => (used.includes(id) ? used.indexOf(id) : used.length);
  return actions
    .map((action) => ({ action, score: fuzzyScore(`${action.label} ${action.keywords ?? ''}`, query) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || place(a.action.id) - place(b.action.id))
    .slice(0, atMost)
    .map(({ action }) => action);
};

/** Spotlight's filter: in each group the best eight, what was used last before the rest. */
export const paletteFilter = (query, groups) => {
  const used = lastUsed();
  return groups.map(({ group, actions }) => ({ group, actions: best(actions, query.trim(), used) })).filter(({ actions }) => actions.length);
};
