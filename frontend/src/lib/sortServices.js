import { failingFirst } from './status.js';

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const byName = (a, b) => collator.compare(a.name, b.name) || collator.compare(a.id, b.id);
const timeOf = (at) => (at ? Date.parse(at) : 0);

/** What each column of the table sorts by; ties go by name. */
const columns = {
  name: () => 0,
  group: (a, b) => collator.compare(a.group, b.group),
  uptime: (a, b) => (a.uptime_pct ?? Infinity) - (b.uptime_pct ?? Infinity),
  duration: (a, b) => (b.duration_ms ?? -1) - (a.duration_ms ?? -1),
  checked: (a, b) => timeOf(b.last_check) - timeOf(a.last_check),
};

/** Services in the order of `sort`: a column, or `-column` for its reverse; anything else is failing first. */
export const sortServices = (services, sort = 'status') => {
  const reversed = sort.startsWith('-');
  const compare = columns[reversed ? sort.slice(1) : sort];
  const sorted = compare ? services.toSorted((a, b) => compare(a, b) || byName(a, b)) : failingFirst(services);
  return reversed ? sorted.reverse() : sorted;
};
