const words = {
  file: ({ path }) => `${path}, read only`,
  api: () => 'added here',
  nats: () => 'found on NATS',
  kubernetes: ({ path }) => `${path} on Kubernetes`,
  heartbeat: () => 'from its first heartbeat',
  self: () => 'Belfry itself',
};

/** Where a service was declared: `belfry.yaml, read only`. */
export const sourceWords = (source) => (words[source.kind] ?? (() => source.kind))(source);

/** Where to change it, when that is not here. */
export const ownerWords = ({ kind, path, line }) => {
  if (kind === 'file') return `This service stands in ${path}, line ${line}. Change it there; Belfry reads the file again at once.`;
  if (kind === 'nats') return 'This service announces itself on NATS. It changes with the service.';
  if (kind === 'kubernetes') return `This service is declared by annotations of ${path} on Kubernetes. Change them there; Belfry follows at once.`;
  return 'Belfry watches itself. This service cannot be changed.';
};

/** Only these can be changed over the API. */
export const isEditable = (source) => source.kind === 'api' || source.kind === 'heartbeat';
