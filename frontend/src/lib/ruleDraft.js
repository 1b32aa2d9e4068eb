import { selectorWords } from './matchers.js';
import { proposedName } from './ruleWords.js';

/** A rule as an operator writes it, when nothing is said about it. */
export const ruleDefaults = {
  name: '',
  metric: '',
  operator: '>',
  threshold: null,
  duration: 300,
  channels: [],
  enabled: true,
  selector: [],
  critical_threshold: null,
  recovery_threshold: null,
  keep_firing_for_seconds: 0,
  no_data: 'keep',
  min_samples: 0,
  severity: 'warning',
  escalation_policy: null,
  group_by: ['service'],
  mute_timings: [],
  description: '',
  runbook_url: null,
};
const names = Object.keys(ruleDefaults);

/** What can be edited of a rule that is saved. */
export const draftOf = (rule) => Object.fromEntries(names.map((name) => [name, rule[name] ?? ruleDefaults[name]]));

export const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const noMetric = { name: '', unit: '', levels: {}, is_counted: false, worse: 'either', labels: [] };
/** What is known of a metric that a rule names, whether anyone has measured it or not. `unit`: that of a saved rule. */
export const metricNamed = (metrics, name, unit = '') => metrics.find((metric) => metric.name === name) ?? { ...noMetric, name, unit };

const usualLines = [
  [/(^|\.)p\d+$/, { threshold: 500, recovery_threshold: 400 }],
  [/error_rate$/, { threshold: 5, recovery_threshold: 2 }],
  [/pool_pct$/, { threshold: 80, recovery_threshold: 70 }],
  [/tls_days$/, { threshold: 14 }],
  [/uptime_pct$/, { threshold: 99.9 }],
  [/^health\.status$/, { threshold: 2 }],
];
const usualLine = (name) => ({ threshold: null, recovery_threshold: null, critical_threshold: null, ...usualLines.find(([pattern]) => pattern.test(name))?.[1] });

/** A draft about another metric: what only made sense for the one before goes, and usual lines come. */
export const withMetric = (draft, metric) => ({
  ...draft,
  ...usualLine(metric.name),
  metric: metric.name,
  operator: metric.name === 'health.status' ? '>=' : metric.worse === 'lower' ? '<' : '>',
  min_samples: metric.is_counted ? draft.min_samples || 100 : 0,
  selector: draft.selector.filter(({ label }) => !metric.labels.length || metric.labels.includes(label)),
  group_by: metric.labels.length && !metric.labels.includes('service') ? metric.labels.slice(0, 1) : ruleDefaults.group_by,
});

/** The spec to send: a draft without a name gets the one that is proposed. */
export const specOf = (draft, metric, extra = {}) => ({ ...draft, name: draft.name.trim() || proposedName(draft, metric, selectorWords(draft.selector)), ...extra });

/** What a new rule starts from: `given` are parts of a draft, `metrics` the catalogue. */
export const newDraft = ({ metric = '', ...given }, metrics) => ({ ...(metric ? withMetric(ruleDefaults, metricNamed(metrics, metric)) : ruleDefaults), ...given });

/** Whether there is enough to preview or to save. */
export const isReady = ({ metric, threshold }) => Boolean(metric) && threshold !== null;
