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

const plain = (path) => path.replace(/[^ -~]|%/gu, encodeURIComponent);

/** Some of them as the server is asked for them: one a line, in plain ASCII. */
export const linesOf = (ids) => ids.map((id) => id.replace(/^(\S+ \S+ )(.*)$/s, (_, before, path) => before + plain(path))).join('\n');
