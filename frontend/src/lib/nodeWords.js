import { formatShortDuration } from './formatDuration.js';
import { formatUntil } from './formatUntil.js';
import { shownStatus } from './status.js';

/** The status a node is drawn with. `view`: `own` shows what its own checks say, `effective` also its dependencies. */
export const nodeStatus = (node, view) => {
  if (!node.known) return 'unknown';
  const status = view === 'own' ? node.status : node.effective;
  return node.assumed ? status : shownStatus({ effective: status, overlays: node.overlays });
};

/** A reason cut to what matters in 90 px: `812 ms`, `no result 3 min`. */
const shortened = (reason) =>
  reason
    .replace(/^Answered in (\S+ \w+).*$/, 'took $1')
    .replace(/^No result for (\S+ \w+).*$/, 'no result $1')
    .replace(/ on \S+:\d+.*$/, '');

/** The one line under a node's name: the reason, short enough for 90 px; `service` is its card, when there is one. */
export const nodeLine = (node, view, service, now = Date.now()) => {
  if (node.size) return node.reason;
  if (!node.known) return 'not monitored';
  if (node.assumed) return 'assumed down';
  if (node.overlays.includes('paused')) return 'paused';
  if (node.overlays.includes('maintenance')) {
    return service?.maintenance_until ? `until ${formatUntil(service.maintenance_until)}` : 'maintenance';
  }
  if (view === 'effective' && node.effective !== node.status) return `own ${node.status}`;
  if (node.status === 'down' && service?.since) return `down ${formatShortDuration((now - Date.parse(service.since)) / 1000)}`;
  return node.status === 'healthy' ? 'healthy' : shortened(node.reason);
};

/** Everything about a node in one spoken sentence. */
export const nodeSentence = (node) => {
  const parts = [`${node.name}: own ${node.status}, effective ${node.effective}`];
  if (node.is_root_cause) parts.push('root cause');
  if (node.at_risk) parts.push(`at risk by ${node.root_causes.join(', ')}`);
  if (node.assumed) parts.push('assumed down');
  return parts.join(', ');
};

const severity = { down: 0, degraded: 1 };

/** The status whose colour an impaired edge to `target` takes: that of the worst root cause behind it. */
export const edgeStatus = (target, byId) => {
  const causes = target.is_root_cause ? [target.id] : target.root_causes;
  const statuses = causes.map((id) => byId.get(id)?.status).filter((status) => status in severity);
  return statuses.sort((a, b) => severity[a] - severity[b])[0] ?? 'degraded';
};
