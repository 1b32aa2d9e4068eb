import { fuzzyScore } from '../lib/fuzzy.js';
import { lastUsed } from '../lib/lastUsed.js';

const atMost = 8;
const keywordScore = 500;

const scoreOf = ({ label, keywords = '' }, query) => {
  const score = fuzzyScore(label, query);
  return keywords.toLowerCase().includes(query.toLowerCase()) ? Math.max(score, keywordScore) : score;
};

/** The best actions of a group: first by how well they match, then what was used last, then as they came. */
const best = ({ group, actions }, query, used) => {
  const place = ({ id }) => (used.includes(id) ? used.indexOf(id) : used.length);
  const found = actions
    .map((action) => ({ action, score: query ? scoreOf(action, query) : 1 }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || place(a.action) - place(b.action))
    .slice(0, atMost);
  return { group, score: found[0]?.score ?? 0, actions: found.map(({ action }) => action) };
};

/** Spotlight's filter: the best eight of each group, the group with the best match first. */
export const paletteFilter = (query, groups) => {
  const used = lastUsed();
  return groups
    .map((group) => best(group, query.trim(), used))
    .filter(({ actions }) => actions.length)
    .toSorted((a, b) => b.score - a.score)
    .map(({ group, actions }) => ({ group, actions }));
};
