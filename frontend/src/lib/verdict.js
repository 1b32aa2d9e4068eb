import { plural } from './formatNumber.js';
import { incidentOf, incidentTitle, objectLine } from './incidentWords.js';
import { listed, sentence } from './sentences.js';
import { failingFirst, isBelfry, shownStatus, statusWords } from './status.js';

const word = (service) => (service.at_risk && shownStatus(service) === 'healthy' ? 'at risk' : statusWords[shownStatus(service)].toLowerCase());

/** `payments-api is degraded, checkout and storefront are at risk` */
const consequence = (affected) =>
  [...Map.groupBy(failingFirst(affected), word)]
    .map(([state, services]) => `${listed(services.map(({ name }) => name))} ${services.length === 1 ? 'is' : 'are'} ${state}`)
    .join(', ');

const affectedBy = (service, services) => services.filter(({ id, root_causes }) => id !== service.id && root_causes.includes(service.id));

const single = (service, services) => {
  const affected = affectedBy(service, services);
  const because = affected.length ? ` Root cause for ${plural(affected.length, 'service')}: ${consequence(affected)}.` : '';
  return { title: `${service.name} is ${word(service)}`, text: `${sentence(service.reason)}${because}`, since: service.since, service };
};

const several = (failing, rest, status) => {
  const roots = [...new Set(failing.flatMap(({ root_causes }) => root_causes))];
  const named = rest.filter(({ id }) => roots.includes(id)).map(({ name }) => name);
  const text = named.length ? `Root ${named.length === 1 ? 'cause' : 'causes'}: ${listed(named, 4)}.` : `${listed(failing.map(({ name }) => name), 5)}.`;
  const first = failing.find(({ id }) => roots.includes(id)) ?? failing[0];
  return { title: `${failing.length} services are ${statusWords[status].toLowerCase()}`, text, since: null, service: first };
};

const failingWith = (status, services) => {
  const failing = failingFirst(services).filter((service) => shownStatus(service) === status);
  if (!failing.length) return null;
  return { status, ...(failing.length === 1 ? single(failing[0], services) : several(failing, services, status)) };
};

const fine = (services) => {
  if (services.every(isBelfry)) return null;
  const resting = services.filter((service) => shownStatus(service) === 'maintenance');
  if (!resting.length) return { status: 'healthy', title: `All ${services.length} services are healthy`, text: '', since: null, service: null };
  const title = `${plural(services.length - resting.length, 'service is', 'services are')} healthy, ${resting.length} in maintenance`;
  return { status: 'healthy', title, text: `${listed(resting.map(({ name }) => name), 5)}.`, since: null, service: null };
};

const critical = (incidents) => {
  const firing = incidents.filter(({ severity, state, hold }) => severity === 'critical' && state === 'firing' && !hold);
  if (!firing.length) return null;
  const [first] = firing;
  const cause = first.likely_cause && ` Likely cause: ${sentence(first.likely_cause)}`;
  const more = firing.length > 1 ? ` ${plural(firing.length - 1, 'more critical alert')}.` : '';
  return { status: 'down', title: incidentTitle(first), text: `${sentence(objectLine(first))}${cause}${more}`, since: first.fired_at, service: null, incident: first };
};

const withIncident = (worst, incidents) => worst && { ...worst, incident: worst.service ? incidentOf(worst.service.id, incidents) : null };

/**
 * The worst thing as `{status, title, text, since, service, incident}`, in words. `incidents`: the open ones. `checking` false: the checks themselves have
 * stopped, so nothing below can be trusted; `since` is then the last moment that can. Null when nothing is watched.
 */
export const verdict = ({ services, checking, last_recorded_at: lastRecordedAt }, incidents = []) => {
  if (!checking)
    return { status: 'unknown', title: 'Checks have stopped', text: 'No worker has answered. The status below is from before.', since: lastRecordedAt, service: null, incident: null };
  if (!services.length) return null;
  const worst = (status) => withIncident(failingWith(status, services), incidents);
  return worst('down') ?? critical(incidents) ?? worst('degraded') ?? worst('unknown') ?? withIncident(fine(services), []);
};
