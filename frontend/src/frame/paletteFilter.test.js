import { expect, it } from 'vitest';
import { noteUsed } from '../lib/lastUsed.js';
import { paletteFilter } from './paletteFilter.js';

const groups = [
  { group: 'Services', actions: [{ id: 'a', label: 'payments-api', keywords: 'shop' }, { id: 'b', label: 'health_svc', keywords: 'belfry' }] },
  { group: 'Commands', actions: [{ id: 'dark', label: 'Dark theme' }, { id: 'light', label: 'Light theme' }] },
];
const labels = (query) => paletteFilter(query, groups).map(({ group, actions }) => [group, ...actions.map(({ label }) => label)]);

it('puts the group with the best match first', () => {
  expect(labels('theme')).toEqual([['Commands', 'Dark theme', 'Light theme']]);
  expect(labels('light')[0]).toEqual(['Commands', 'Light theme']);
});

it('finds services by what they belong to', () => {
  expect(labels('shop')).toEqual([['Services', 'payments-api']]);
});

it('offers everything before anything is typed, what was used last first', () => {
  noteUsed('light');
  expect(labels('')).toEqual([['Services', 'payments-api', 'health_svc'], ['Commands', 'Light theme', 'Dark theme']]);
});
