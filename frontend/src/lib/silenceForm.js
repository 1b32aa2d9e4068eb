import { spans } from './maintenanceTimes.js';
import { matcherText, matches, parseMatcher } from './matchers.js';
import { inputOf, momentOf } from './zonedInput.js';

export { spans };

/** A silence while it is written: `{ruleIds, matchers: [text], reason, span, from, until}`. `span`: a preset, or `custom` with
    `until`; `from`: '' for now. Times are those of an input of the person's zone. */
export const newSilence = { ruleIds: [], matchers: [], reason: '', span: '2h', from: '', until: '' };

/** One that silences just this incident. */
export const silenceOfIncident = ({ rule_id: ruleId, rule_gone: gone, labels }) => ({
  ...newSilence,
  ruleIds: gone ? [] : [ruleId],
  matchers: Object.entries(labels).map(([label, value]) => matcherText({ label, match: '=', value })),
});

export const silenceDraft = (silence, zone) => ({
  ruleIds: silence.rule_ids,
  matchers: silence.matchers.map(matcherText),
  reason: silence.reason,
  span: 'custom',
  from: silence.state === 'planned' ? inputOf(silence.starts_at, zone) : '',
  until: inputOf(silence.ends_at, zone),
});

const endOf = ({ span, until, from }, zone, now) => {
  if (span === 'custom') return momentOf(until, zone);
  const start = from ? Date.parse(momentOf(from, zone) ?? '') || now : now;
  return new Date(start + spans.find(([id]) => id === span)[2](start) * 1000).toISOString();
};

/** What it is about. */
export const silenceSubject = ({ ruleIds, matchers }) => ({ rule_ids: ruleIds, matchers: matchers.map(parseMatcher).filter(Boolean) });

/** As the API wants it. `startedAt`: of a silence that is on already. */
export const silenceSpec = (draft, zone, now, startedAt = null) => ({
  ...silenceSubject(draft),
  reason: draft.reason.trim(),
  starts_at: draft.from ? momentOf(draft.from, zone) : startedAt,
  ends_at: endOf(draft, zone, now),
});

/** What is wrong before it is sent, by field. */
export const silenceFaults = (draft, zone) => ({
  ...(draft.matchers.some((text) => !parseMatcher(text)) && { matchers: 'Write a label, a sign and a value: service = checkout' }),
  ...(!draft.matchers.length && !draft.ruleIds.length && { matchers: 'Name a rule or a label: a silence of everything is not allowed' }),
  ...(!draft.reason.trim() && { reason: 'Say why, for the others' }),
  ...(draft.span === 'custom' && !momentOf(draft.until, zone) && { ends_at: 'Give the date and the time' }),
});

/** Which of these incidents it hides. */
export const hiddenBy = ({ rule_ids: ruleIds, matchers }, incidents) => {
  if (!ruleIds.length && !matchers.length) return [];
  return incidents.filter(({ rule_id: rule, labels }) => (!ruleIds.length || ruleIds.includes(rule)) && matches(matchers, labels));
};

/** What it is about, in a line. `names`: of rules, by id. */
export const silenceTitle = ({ rule_ids: ruleIds, matchers }, names) =>
  [ruleIds.length ? ruleIds.map((id) => names.get(id) ?? id).join(', ') : 'Any rule', ...matchers.map(matcherText)].join(' · ');
