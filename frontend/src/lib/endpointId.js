/** An endpoint as one text, for addresses and keys: method, service and route. */
export const endpointId = ({ method, service, path }) => `${method} ${encodeURIComponent(service)} ${path}`;

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a mangled link: then it names no endpoint
  }
};

/** The endpoint that such a text names, or null. */
export const endpointOf = (id) => {
  const [, method, service, path] = /^(\S+) (\S+) (.+)$/s.exec(id ?? '') ?? [];
  return path ? { method, service: decoded(service), path } : null;
};
