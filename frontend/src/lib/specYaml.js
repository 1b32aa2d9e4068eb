const plain = /^[A-Za-z0-9_./$][A-Za-z0-9_./$ -]*$/;
const taken = /^(true|false|null|yes|no|on|off|~|-?[\d.]+([eE]\d+)?)$/i;

const scalar = (value) => {
  if (typeof value !== 'string') return String(value);
  return plain.test(value) && !taken.test(value) && !value.endsWith(' ') ? value : JSON.stringify(value);
};

const isList = (value) => Array.isArray(value);
const isDeep = (value) => value !== null && typeof value === 'object';
const indented = (lines) => lines.map((line) => `  ${line}`);

const entry = ([name, value]) => {
  if (isList(value) && value.every((one) => !isDeep(one))) return [`${scalar(name)}: [${value.map(scalar).join(', ')}]`];
  if (isList(value)) return [`${scalar(name)}:`, ...indented(value.flatMap(item))];
  if (isDeep(value)) return [`${scalar(name)}:`, ...indented(mapping(value))];
  return [`${scalar(name)}: ${scalar(value)}`];
};

const mapping = (value) => Object.entries(value).flatMap(entry);

const item = (value) => {
  const [first, ...rest] = mapping(value);
  return [`- ${first}`, ...indented(rest)];
};

/** Something as it would stand in `belfry.yaml`, in the list of its kind (`services`, `rules`). `spec`: without defaults. */
export const listYaml = (list, spec) => [`${list}:`, ...indented(item(spec))].join('\n');

export const specYaml = (spec) => listYaml('services', spec);
