/** What alert_svc would say about rules, channels and metrics; undefined when the path is another one. `golden(name)`: a
    golden answer, moved to now. */
export const alertsAnswer = (method, path, golden) => {
  const [, id, what] = /^\/admin\/alerts\/rules\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (path.endsWith('/test')) return golden(/sms|unsaved|channels\/test/.test(path) ? 'alerts/test_refused' : 'alerts/test_accepted');
  if (what) return golden(`alerts/${what}`);
  if (id) return method === 'DELETE' ? undefined : golden('alerts/rules').rules.find((rule) => rule.id === id) ?? golden('alerts/rule');
  const named = { metrics: 'alerts/metrics', series: 'alerts/series', deliveries: 'alerts/deliveries', import: 'alerts/import_plan', export: 'alerts/export' };
  const [, kind] = /^\/admin\/alerts\/([\w-]+)$/.exec(path) ?? [];
  return named[kind] && golden(named[kind]);
};
