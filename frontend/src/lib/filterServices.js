import { shownStatus } from './status.js';

const term = /(-?)(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/gi;
const lower = (text) => text.toLowerCase();

/** What each `key:value` asks of a service; `value` is in lower case. */
const matches = {
  group: (service, value) => lower(service.group).includes(value),
  kind: (service, value) => service.kinds.some((kind) => kind.startsWith(value)),
  status: (service, value) => shownStatus(service).startsWith(value),
  tag: (service, value) => service.tags.some((tag) => lower(tag) === value),
  source: (service, value) => service.source.kind.startsWith(value),
  is: (service, value) => service.overlays.includes(value) || (value === 'risk' && service.at_risk),
};

/** `status:down -tag:batch "order desk"` as a list of {key, value, negated}; key is null for a plain word. */
export const parseFilter = (text) =>
  [...text.matchAll(term)].map(([whole, minus, rawKey, quoted, bare]) => {
    const key = rawKey && lower(rawKey) in matches ? lower(rawKey) : null;
    const value = key || !rawKey ? (quoted ?? bare) : whole.slice(minus.length);
    return { key, value: lower(value), negated: minus === '-' };
  });

const haystacks = new WeakMap();

/** Everything that a plain word is looked up in, made once per service object. */
const haystack = (service) => {
  if (!haystacks.has(service)) {
    const { id, name, group, reason, kinds, tags } = service;
    haystacks.set(service, lower([id, name, group, reason, ...kinds, ...tags].join('\n')));
  }
  return haystacks.get(service);
};

const keeps = (service, { key, value, negated }) =>
  (key ? matches[key](service, value) : haystack(service).includes(value)) !== negated;

/** Services that match every term of `text` and one of `statuses` (drawn statuses, or `risk`; empty: any). */
export const filterServices = (services, { text = '', statuses = [] }) => {
  const terms = parseFilter(text);
  const wanted = new Set(statuses);
  const chosen = (service) => wanted.size === 0 || wanted.has(shownStatus(service)) || (wanted.has('risk') && service.at_risk);
  return services.filter((service) => chosen(service) && terms.every((one) => keeps(service, one)));
};

/** The filter as one text, for "No service matches ...". */
export const filterWords = ({ text = '', statuses = [] }) =>
  [...statuses.map((status) => (status === 'risk' ? 'is:risk' : `status:${status}`)), text.trim()].filter(Boolean).join(' ');
