import { capitalised, sentence } from './sentences.js';

/**
 * The form of a step's settings, made of their JSON Schema. A field is `{name, kind, label, hint, ...}`; its kind is one of
 * text, number, switch, select, tags, choices, group, oneOf, or json for what no control can show.
 */

const isText = (schema) => schema?.type === 'string' && !schema.enum;
const isChoice = (schema) => Array.isArray(schema?.enum);

const optionsOf = ({ enum: values, 'x-labels': labels = {} }) => {
  const named = Object.keys(labels).filter((value) => values.includes(value));
  return [...named, ...values.filter((value) => !named.includes(value))].map((value) => ({ value, label: labels[value] ?? String(value) }));
};

const kinds = [
  ['select', isChoice, (schema) => ({ options: optionsOf(schema) })],
  ['switch', ({ type }) => type === 'boolean', () => ({})],
  ['number', ({ type }) => type === 'integer' || type === 'number', (schema) => ({ whole: schema.type === 'integer', min: schema.minimum, max: schema.maximum, unit: schema['x-unit'] ?? '' })],
  ['text', isText, (schema) => ({ most: schema.maxLength })],
  ['choices', ({ type, items }) => type === 'array' && isChoice(items), ({ items }) => ({ options: optionsOf(items) })],
  ['tags', ({ type, items }) => type === 'array' && isText(items), ({ items, maxItems }) => ({ itemHint: items.description ?? '', most: maxItems })],
  ['group', ({ type, properties }) => type === 'object' && properties, (schema) => ({ fields: fieldsOf(schema) })],
  ['oneOf', ({ oneOf }) => oneOf?.length > 0 && oneOf.every((one) => one.type === 'object' && one.properties), ({ oneOf }) => ({ variants: oneOf.map(variantOf) })],
];

const words = (name) => {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const fieldOf = (name, schema) => {
  const [kind, , details] = kinds.find(([, matches]) => matches(schema)) ?? ['json', null, () => ({})];
  return { name, kind, label: schema.title ?? words(name), hint: schema.description ?? '', usual: schema.default, ...details(schema) };
};

/** A variant of `oneOf`: its constant property, such as `kind`, tells it from the others and has no control. */
const variantOf = (schema) => {
  const [tag, { const: value } = {}] = Object.entries(schema.properties).find(([, property]) => 'const' in property) ?? [];
  return { label: schema.title ?? String(value ?? ''), tag, value, fields: fieldsOf(schema).filter(({ name }) => name !== tag) };
};

/** The fields of an object's schema, in its order. */
export const fieldsOf = ({ properties = {} }) => Object.entries(properties).map(([name, schema]) => fieldOf(name, schema));

/** Settings that no field of the schema is about; they are kept, and can be edited as JSON. */
export const strangers = (settings, schema) => Object.keys(settings).filter((name) => !(name in (schema.properties ?? {})));

/** Which variant of a `oneOf` a value is; the first when none fits. */
export const variantIndex = (variants, value) => Math.max(0, variants.findIndex(({ tag, value: named }) => tag && value?.[tag] === named));

/** The value of a variant that is chosen anew: what both have in common stays. */
export const asVariant = ({ tag, value: named, fields }, value) => ({
  ...(tag && { [tag]: named }),
  ...Object.fromEntries(fields.map(({ name, usual }) => [name, value?.[name] ?? usual]).filter(([, one]) => one !== undefined)),
});

const item = /^\[(\d+)\]$/;

/** What the server has against one setting or a part of it, as sentences; of a list it names the item. `errors`: `{field,
    message}` by path, such as `burst` or `allow[3]`. */
export const errorWords = (path, value, errors) =>
  errors
    .filter(({ field }) => field === path || field.startsWith(`${path}[`))
    .map(({ field, message }) => {
      const [, at] = item.exec(field.slice(path.length)) ?? [];
      return sentence(at ? `${value?.[at]} ${message}` : capitalised(message));
    })
    .join(' ');
