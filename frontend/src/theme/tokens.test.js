import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dark, fixed, light } from './tokens.js';
import { cssVariablesResolver } from './theme.js';

const statuses = ['healthy', 'degraded', 'down', 'unknown', 'maintenance'];
const grounds = ['bg', 'surface', 'sunken', 'hover'];
const across = (fores, backs, floor) => fores.flatMap((fore) => backs.map((back) => [fore, back, floor]));

/** Every pair of colours in use, with the contrast WCAG 2.2 asks for: 4.5 for text, 3 for shapes and edges. */
const pairs = [
  ...across(['text', 'text-2', 'text-3'], [...grounds, 'accent-tint'], 4.5),
  ...across(['text', 'text-2'], statuses.map((status) => `${status}-tint`), 4.5),
  ...across(['accent-text'], ['surface', 'bg', 'accent-tint'], 4.5),
  ['on-accent', 'accent', 4.5],
  ['on-solid', 'down-solid', 4.5],
  ...across(['control'], ['surface', 'sunken'], 3),
  ...across(['focus'], ['surface', 'bg'], 3),
  ...statuses.flatMap((status) => across([`${status}-text`], ['surface', 'bg', `${status}-tint`], 4.5)),
  ...statuses.flatMap((status) => across([status], ['surface', 'bg', `${status}-tint`], 3)),
  ...across(statuses.slice(0, 3).map((status) => `${status}-text`), ['sunken', 'accent-tint'], 4.5),
  ...across(statuses.slice(0, 3), ['sunken', 'accent-tint'], 3),
  ...Array.from({ length: 8 }, (_, step) => [`h${step + 1}-ink`, `h${step + 1}`, 4.5]),
  ...across(['s1', 's2', 's3', 's4', 's5', 'band-1', 'band-2', 'band-3'], ['surface'], 3),
];

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const linearRgb = (hex) => channels(hex).map(linear);
const luminance = (hex) => linearRgb(hex).reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
const contrast = (a, b) => {
  const [more, less] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (more + 0.05) / (less + 0.05);
};

/** How dichromats see (Machado, Oliveira, Fernandes 2009, severity 1), on linear RGB. */
const sight = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
};
const clamp = (value) => Math.min(1, Math.max(0, value));
const seen = (hex, matrix) => matrix.map((row) => clamp(row.reduce((sum, factor, at) => sum + factor * linearRgb(hex)[at], 0)));
const toXyz = [[0.4124, 0.3576, 0.1805, 0.95047], [0.2126, 0.7152, 0.0722, 1], [0.0193, 0.1192, 0.9505, 1.08883]];
const lab = (rgb) => {
  const [x, y, z] = toXyz.map(([r, g, b, white]) => (r * rgb[0] + g * rgb[1] + b * rgb[2]) / white).map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};
/** CIE 1976 distance: coarser than CIEDE2000, and enough to see that two fills are not the same. */
const distance = (a, b) => Math.hypot(...a.map((value, at) => value - b[at]));

describe.each([['light', light], ['dark', dark]])('%s theme', (_name, tokens) => {
  it('has 92 pairs, each with enough contrast', () => {
    const poor = pairs.filter(([fore, back, floor]) => contrast(tokens[fore], tokens[back]) < floor);
    expect(pairs).toHaveLength(92);
    expect(poor).toEqual([]);
  });

  it.each(Object.entries(sight))('tells status fills apart with %s', (_sight, matrix) => {
    const close = statuses.flatMap((one, at) => statuses.slice(at + 1).map((other) => [one, other])).filter(([one, other]) => distance(lab(seen(tokens[one], matrix)), lab(seen(tokens[other], matrix))) < 10);
    expect(close).toEqual([]);
  });
});

it('gives both themes the same names', () => {
  expect(Object.keys(light).filter((name) => !(name in dark))).toEqual([]);
});

it('emits every token as a custom property', () => {
  const { variables, light: emitted } = cssVariablesResolver();
  expect(variables['--bf-font']).toBe(fixed.font);
  expect(emitted['--bf-accent']).toBe('#4A4BC9');
});

it('paints the same background before the tokens are there', () => {
  const css = readFileSync('src/theme/base.css', 'utf8');
  expect(css).toContain(`html { background: ${light.bg};`);
  expect(css).toContain(`html[data-mantine-color-scheme='dark'] { background: ${dark.bg};`);
});
