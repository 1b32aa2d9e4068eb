/** `a`, `a and b`, `a, b and c`; over `atMost` names: `a, b and 4 more`. */
export const listed = (names, atMost = 3) => {
  const shown = names.length > atMost ? [...names.slice(0, atMost - 1), `${names.length - atMost + 1} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
};

export const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** With a full stop at its end. */
export const sentence = (text) => (!text || /[.?!]$/.test(text) ? text : `${text}.`);
