import { draftOf, isSame, ruleDefaults } from './ruleDraft.js';
import { listYaml } from './specYaml.js';

const leanMatcher = ({ label, match, value }) => (match === '=' ? { label, value } : { label, match, value });
/** What the server takes a field for when it is left out. */
const usual = { ...ruleDefaults, duration: 0 };

/** A rule as it would stand in a YAML file: only what differs from the defaults. */
export const ruleYaml = (rule) => {
  const said = Object.entries(draftOf(rule)).filter(([name, value]) => !isSame(value, usual[name]));
  const { selector, ...rest } = Object.fromEntries(said);
  return listYaml('rules', { id: rule.id, ...rest, ...(selector ? { selector: selector.map(leanMatcher) } : {}) });
};
