import axe from 'axe-core';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds in the page, as `rule: target`. Colours are not computed in jsdom; tokens.test.js holds their contrast. */
export const axeFindings = async (element = document.body) => {
  const { violations } = await axe.run(element, { runOnly: rules, rules: { 'color-contrast': { enabled: false } } });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
};
