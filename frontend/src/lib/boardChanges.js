import { plural } from './formatNumber.js';
import { shownStatus, statusWords } from './status.js';

const sentence = (service, affected) => {
  const status = statusWords[shownStatus(service)].toLowerCase();
  return affected ? `${service.name} is ${status}, ${plural(affected, 'service')} affected.` : `${service.name} is ${status}.`;
};

/** What changed between two boards, as sentences; services that only follow their root cause are counted with it. */
export const boardChanges = (before, after) => {
  const old = new Map(before.map((service) => [service.id, shownStatus(service)]));
  const changed = after.filter((service) => old.has(service.id) && old.get(service.id) !== shownStatus(service));
  const caused = (service) => service.root_causes.length > 0 && !service.root_causes.includes(service.id);
  return changed
    .filter((service) => !caused(service))
    .map((service) => sentence(service, after.filter((other) => other.id !== service.id && other.root_causes.includes(service.id)).length));
};
