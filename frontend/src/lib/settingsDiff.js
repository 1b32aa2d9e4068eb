const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Only the settings that differ from the saved ones. */
export const changedSettings = (saved, settings) => Object.fromEntries(Object.entries(settings).filter(([name, value]) => !same(saved[name], value)));

/** What changes, as lines: `[{sign, text}]`, sign is '-' or '+'. Lists tell what came and went. */
export const diffLines = (saved, settings) => Object.keys({ ...saved, ...settings }).flatMap((name) => linesOf(name, saved[name], settings[name]));

const line = (sign, name, value) => ({ sign, text: `${name}: ${JSON.stringify(value)}` });

const linesOf = (name, before, after) => {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const gone = before.filter((one) => !after.includes(one));
    const came = after.filter((one) => !before.includes(one));
    if (gone.length + came.length) return [...gone.map((one) => line('-', `${name}[]`, one)), ...came.map((one) => line('+', `${name}[]`, one))];
  }
  return [...(before === undefined ? [] : [line('-', name, before)]), ...(after === undefined ? [] : [line('+', name, after)])];
};

/** Settings that both changed, each in another way: `[{name, theirs, mine}]`. */
export const clashes = (saved, theirs, mine) =>
  Object.keys(changedSettings(saved, mine))
    .filter((name) => !same(saved[name], theirs[name]) && !same(theirs[name], mine[name]))
    .map((name) => ({ name, theirs: theirs[name], mine: mine[name] }));
