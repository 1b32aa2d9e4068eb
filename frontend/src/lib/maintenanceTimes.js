const minute = 60;
const hour = 3600;

/** Seconds until nine in the morning of the next day, where the person is. */
const untilTomorrowNine = (now) => {
  const end = new Date(now);
  end.setDate(end.getDate() + 1);
  end.setHours(9, 0, 0, 0);
  return Math.round((end.getTime() - now) / 1000);
};

/** How long work usually takes: `[id, words, seconds(now in ms)]`. */
export const spans = [
  ['30min', '30 min', () => 30 * minute],
  ['2h', '2 h', () => 2 * hour],
  ['tomorrow', 'Until tomorrow, 9:00', untilTomorrowNine],
];

/** A window that starts now, as the API wants it. `scope`: 'service' or 'group'. */
export const windowFrom = ({ title, note, scope, seconds }, service, now = Date.now()) => ({
  title: title.trim() || `Work on ${scope === 'group' ? service.group : service.name}`,
  note: note.trim(),
  service_ids: scope === 'group' ? [] : [service.id],
  groups: scope === 'group' ? [service.group] : [],
  starts_at: new Date(now).toISOString(),
  duration_seconds: Math.max(minute, seconds),
});

const covers = ({ service_ids: ids, groups }, service) =>
  (ids.length === 0 && groups.length === 0) || ids.includes(service.id) || groups.includes(service.group);

/** Windows that are on for the service now. */
export const windowsOn = (maintenance, service) => maintenance.filter((one) => one.active && covers(one.spec, service));
