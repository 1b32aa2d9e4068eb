import { formatDuration } from './formatDuration.js';
import { plural } from './formatNumber.js';
import { fieldsOf, newCheck } from './checkKinds.js';

/** What a service is when nothing is said about it. */
export const specDefaults = {
  group: 'Services',
  description: '',
  interval_seconds: 30,
  timeout_seconds: 5,
  failure_threshold: 3,
  success_threshold: 2,
  dependencies: [],
  tags: [],
  public: false,
  public_name: null,
  paused: false,
};

export const newSpec = (kind) => ({ id: '', name: '', ...specDefaults, checks: kind ? [newCheck(kind)] : [] });

/** `Shop API (EU)` proposes `shop-api-eu`. */
export const idFrom = (name) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 63);

const isEmpty = (value) => value == null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** A check without what is empty or as it would be anyway. */
export const leanCheck = (check) => {
  const starts = new Map(fieldsOf(check.kind).map((field) => [field.name, field.start]));
  const said = Object.entries(check).filter(([name, value]) => name === 'kind' || !(isEmpty(value) || value === false && starts.get(name) !== true || same(value, starts.get(name))));
  return Object.fromEntries(said);
};

/** The spec to send or to write down: only what differs from the defaults. */
export const leanSpec = (spec) => {
  const said = Object.entries(spec).filter(([name, value]) => !isEmpty(value) && !same(value, specDefaults[name]));
  return { id: spec.id, ...Object.fromEntries(said), checks: spec.checks.map(leanCheck) };
};

/** "Down after 3 failures in a row, about 90 s. Healthy again after 2 passes, about 60 s." */
export const thresholdWords = ({ failure_threshold: failures, success_threshold: passes, interval_seconds: interval }) => {
  const after = (count) => (count > 1 ? ` in a row, about ${formatDuration(count * interval)}` : ', at once');
  return `Down after ${plural(failures, 'failure')}${after(failures)}. Healthy again after ${plural(passes, 'pass', 'passes')}${after(passes)}.`;
};
