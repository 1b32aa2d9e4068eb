import { matcherText } from './matchers.js';
import { holdWords } from './metricValue.js';

export const fieldLabels = {
  name: 'Name',
  metric: 'Metric',
  selector: 'Only for',
  operator: 'Fires when it is',
  threshold: 'Threshold',
  duration: 'For at least',
  recovery_threshold: 'Recovery',
  keep_firing_for_seconds: 'Keep firing',
  min_samples: 'At least',
  no_data: 'Without data',
  severity: 'Severity',
  critical_threshold: 'Critical',
  channels: 'Notify',
  escalation_policy: 'Escalation',
  group_by: 'Group by',
  mute_timings: 'Mute timings',
  description: 'Description',
  runbook_url: 'Runbook',
  enabled: 'Active',
};

const shown = (name, value) => {
  if (value == null || value === '' || (Array.isArray(value) && !value.length)) return 'none';
  if (name === 'selector') return value.map(matcherText).join(', ');
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return name === 'duration' || name.endsWith('_seconds') ? holdWords(value) : String(value);
};

/** Names of the fields in which two drafts differ. */
export const changedFields = (before, after) => Object.keys(fieldLabels).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));

/** `{name, label, from, to}` of each field that differs, in the order of the form. */
export const ruleDiff = (before, after) => changedFields(before, after).map((name) => ({ name, label: fieldLabels[name], from: shown(name, before[name]), to: shown(name, after[name]) }));
