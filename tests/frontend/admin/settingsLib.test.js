import { describe, expect, it } from 'vitest';
import { changedSettings, clashes, diffLines } from '../../../frontend/src/lib/settingsDiff.js';
import { asVariant, errorWords, fieldsOf, strangers, variantIndex } from '../../../frontend/src/lib/settingsSchema.js';
import { golden } from '../../../frontend/src/test/golden.js';

const { schema, step } = golden('pipeline/middleware');
const fields = fieldsOf(schema);
const field = (name) => fields.find((one) => one.name === name);

describe('a form from a schema', () => {
  it('F2.4.5: has a control for each kind of setting', () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([['requests', 'number'], ['per_seconds', 'number'], ['burst', 'number'], ['count_by', 'select'], ['store', 'select'], ['pass_when_unreachable', 'switch'], ['except_paths', 'tags']]);
    expect(field('per_seconds')).toMatchObject({ label: 'Per', hint: 'The span they are counted over', unit: 's', min: 1, max: 86_400, whole: false, usual: 60 });
    expect(field('count_by').options.map(({ label }) => label)).toEqual(['User', 'Session or token', 'Address']);
    expect(field('except_paths')).toMatchObject({ itemHint: 'a path that starts with /', most: 50 });
  });

  it('knows groups, choices and variants, and leaves to JSON what it does not know', () => {
    const text = { type: 'string' };
    const found = fieldsOf({
      properties: {
        some_name: text,
        methods: { type: 'array', items: { enum: ['GET', 'PUT'] } },
        nested: { type: 'object', properties: { inner: { type: 'boolean' } } },
        store: { oneOf: [{ type: 'object', title: 'Local', properties: { kind: { const: 'local' } } }, { type: 'object', properties: { kind: { const: 'redis' }, url: { ...text, default: 'redis://' } } }] },
        map: { type: 'object', additionalProperties: text },
        either: { anyOf: [text, { type: 'integer' }] },
        lists: { type: 'array', items: { type: 'object' } },
      },
    });
    expect(found.map(({ kind }) => kind)).toEqual(['text', 'choices', 'group', 'oneOf', 'json', 'json', 'json']);
    expect(found[0].label).toBe('Some name');
    expect(found[2].fields[0].kind).toBe('switch');
    const { variants } = found[3];
    expect(variants.map(({ label, fields: inner }) => [label, inner.length])).toEqual([['Local', 0], ['redis', 1]]);
    expect(variantIndex(variants, { kind: 'redis' })).toBe(1);
    expect(variantIndex(variants, undefined)).toBe(0);
    expect(asVariant(variants[1], { kind: 'local' })).toEqual({ kind: 'redis', url: 'redis://' });
    expect(asVariant(variants[0], { kind: 'redis', url: 'x' })).toEqual({ kind: 'local' });
    expect(strangers({ some_name: 1, more: 2 }, { properties: { some_name: text } })).toEqual(['more']);
  });

  it('puts the words of the server where they belong', () => {
    const errors = [{ field: 'burst', message: 'must be at least 60' }, { field: 'allow[1]', message: 'must be a network' }];
    expect(errorWords('burst', 50, errors)).toBe('Must be at least 60.');
    expect(errorWords('allow', ['10.0.0.0/8', 'x'], errors)).toBe('x must be a network.');
    expect(errorWords('requests', 1, errors)).toBe('');
  });
});

describe('a change of settings', () => {
  it('is only what differs', () => {
    expect(changedSettings(step.settings, { ...step.settings, burst: 70 })).toEqual({ burst: 70 });
    expect(changedSettings(step.settings, structuredClone(step.settings))).toEqual({});
  });

  it('is told in lines; of lists what came and went', () => {
    expect(diffLines({ a: 1, l: ['x', 'y'], gone: true }, { a: 2, l: ['y', 'z'], came: 'here' })).toEqual([
      { sign: '-', text: 'a: 1' }, { sign: '+', text: 'a: 2' }, { sign: '-', text: 'l[]: "x"' }, { sign: '+', text: 'l[]: "z"' },
      { sign: '-', text: 'gone: true' }, { sign: '+', text: 'came: "here"' },
    ]);
    expect(diffLines({ l: ['x', 'y'] }, { l: ['y', 'x'] })).toHaveLength(2);
  });

  it('clashes with another where both changed the same', () => {
    expect(clashes({ a: 1, b: 1, c: 1 }, { a: 2, b: 2, c: 1 }, { a: 3, b: 2, c: 3 })).toEqual([{ name: 'a', theirs: 2, mine: 3 }]);
  });
});
