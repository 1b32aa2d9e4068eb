/**
 * How well `text` matches `query`, its letters in order but not necessarily side by side: 0 is no match. Starts of words
 * and runs of letters count more.
 */
export const fuzzyScore = (text, query) => {
  const haystack = text.toLowerCase();
  const needle = query.toLowerCase().replaceAll(' ', '');
  if (!needle) return 1;
  const whole = haystack.indexOf(query.toLowerCase());
  if (whole >= 0) return 1000 - whole;
  let score = 0;
  let from = 0;
  for (const letter of needle) {
    const at = haystack.indexOf(letter, from);
    if (at < 0) return 0;
    const starts = at === 0 || /[\s._-]/.test(haystack[at - 1]);
    score += starts ? 8 : at === from ? 4 : 1;
    from = at + 1;
  }
  return score;
};
