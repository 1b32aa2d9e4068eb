const written = /^\s*([A-Za-z_][\w.]*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/;
const words = { '=': '=', '!=': '≠', '=~': '=~', '!~': '!~' };

/** `service = checkout` */
export const matcherText = ({ label, match, value }) => `${label} ${match} ${value}`;

/** A matcher as it is typed: `service=checkout`, `path =~ /api/.*`; null when it is none. */
export const parseMatcher = (text) => {
  const found = written.exec(text);
  return found && { label: found[1], match: found[2], value: found[3].replace(/^"(.*)"$/, '$1') };
};

/** A pattern matches the whole value. The server's RE2 has the last word: what this browser cannot read matches nothing. */
const isMatched = (pattern, value) => {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    return false;
  }
};

const tests = {
  '=': (wanted, value) => value === wanted,
  '!=': (wanted, value) => value !== wanted,
  '=~': isMatched,
  '!~': (wanted, value) => !isMatched(wanted, value),
};

/** Whether a series with these labels is meant; a label it lacks is empty. */
export const matches = (matchers, labels) => matchers.every(({ label, match, value }) => tests[match](value, labels[label] ?? ''));

/** What a rule is about, in a line: `POST /api/checkout`, `checkout`, `service =~ payments.*`; '' for everything. */
export const selectorWords = (matchers) => {
  const exact = Object.fromEntries(matchers.filter(({ match }) => match === '=').map(({ label, value }) => [label, value]));
  const rest = matchers.filter(({ label, match }) => match !== '=' || !['service', 'method', 'path'].includes(label));
  const named = exact.path ? [`${exact.method ?? ''} ${exact.path}`.trim()] : exact.service ? [exact.service] : [];
  return [...named, ...rest.map(({ label, match, value }) => `${label} ${words[match]} ${value}`)].join(', ');
};
