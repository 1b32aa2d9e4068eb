import { formatShortDuration } from './formatDuration.js';
import { plural } from './formatNumber.js';
import { formatClock } from './formatTime.js';
import { shownStatus, statusWords } from './status.js';

const until = (service, zone) => (service.maintenance_until ? `until ${formatClock(service.maintenance_until, zone).slice(0, 5)}` : 'in maintenance');
const ownFault = (service) => service.status === service.effective || !service.root_causes.length;

/** One line about a service for a narrow cell. `now` in ms. */
export const stripLine = (service, names, now, zone) => {
  const status = shownStatus(service);
  if (status === 'maintenance') return until(service, zone);
  if (status === 'down' && service.since) return `down ${formatShortDuration((now - Date.parse(service.since)) / 1000)}`;
  if (status === 'degraded' && !ownFault(service)) return `because of ${names.get(service.root_causes[0]) ?? service.root_causes[0]}`;
  if (status === 'unknown' && service.overlays.includes('stale')) return 'no fresh result';
  if (status !== 'healthy') return service.reason.split(', ')[0];
  if (service.at_risk) return `at risk, ${plural(service.root_causes.length, 'cause')}`;
  return statusWords.healthy;
};
