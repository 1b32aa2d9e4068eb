const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const keptHours = 48;
const minutesBefore = 30;
const minutesAfter = 15;

const windowOf = ({ started_at: startedAt }, now) => {
  const to = Math.min(now, Date.parse(startedAt) + minutesAfter * minuteMs);
  return { from: to - (minutesBefore + minutesAfter) * minuteMs, to };
};

/** What to ask for the minutes around the start of an incident (a preview of its rule, which may be gone by now); null
    when the metric of that time is not kept any more. */
export const aroundStart = ({ incident, operator, threshold }, now) => {
  const hours = Math.ceil((now - windowOf(incident, now).from) / hourMs);
  if (hours > keptHours) return null;
  const selector = Object.entries(incident.labels).map(([label, value]) => ({ label, match: '=', value }));
  return { hours: Math.max(1, hours), rule: { name: incident.rule_name, metric: incident.metric, operator, threshold, selector } };
};

const breaches = {
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
  '==': (value, threshold) => value === threshold,
  '!=': (value, threshold) => value !== threshold,
};

/** The minutes around the start: `[{at (ms), value, breach}]`, oldest first; `value` is null where there was no data. */
export const minutesAround = ({ incident, operator, threshold }, preview, now) => {
  const { from, to } = windowOf(incident, now);
  const start = Date.parse(preview.from_at);
  const values = preview.series[0]?.values ?? [];
  return values
    .map((value, at) => ({ at: start + at * preview.step_seconds * 1000, value, breach: value !== null && breaches[operator](value, threshold) }))
    .filter(({ at }) => at >= from && at < to);
};
