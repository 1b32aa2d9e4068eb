/** By what the list can be sorted: `[sort, in words]`, the usual one first. */
export const connectionSorts = [
  ['-connected_at', 'Newest'],
  ['connected_at', 'Oldest'],
  ['-pending_bytes', 'Waiting'],
  ['-sent', 'Sent'],
  ['-received', 'Received'],
  ['client_ip', 'Client'],
  ['user', 'User'],
  ['-rtt_ms', 'Round trip'],
  ['node', 'Node'],
];
export const usualSort = connectionSorts[0][0];
const columns = ['connected_at', 'client_ip', 'user', 'sent', 'received', 'pending_bytes', 'rtt_ms', 'node'];

export const columnOf = (sort) => sort.replace(/^-/, '');
export const isConnectionSort = (sort) => columns.includes(columnOf(sort ?? ''));

/** The same column from its other end; another column as one first wants it: the most, the newest, or A to Z. */
export const nextSort = (sort, column) => {
  if (columnOf(sort) === column) return sort.startsWith('-') ? column : `-${column}`;
  return connectionSorts.find(([one]) => columnOf(one) === column)[0];
};

/** What a heading says of itself: `connected_at` counts up to now, so the newest first is the shortest first. */
export const ariaSort = (sort, column) => {
  if (columnOf(sort) !== column) return undefined;
  return sort.startsWith('-') === (column === 'connected_at') ? 'ascending' : 'descending';
};

/** What stands in the menu for a sort, also for one that only a heading gives. */
export const sortChoices = (sort) => {
  const known = connectionSorts.some(([one]) => one === sort);
  const word = connectionSorts.find(([one]) => columnOf(one) === columnOf(sort))?.[1];
  return (known ? connectionSorts : [...connectionSorts, [sort, `${word}, reversed`]]).map(([value, label]) => ({ value, label: `Sort: ${label.toLowerCase()}` }));
};

/** A node in few letters: `gateway-7f3a` of the service `gateway` is `7f3a`. */
export const shortNode = ({ node, service }) => (node.startsWith(`${service}-`) ? node.slice(service.length + 1) : node);

export const whoIs = ({ user, client_ip: ip }) => (user ? `${user} on ${ip}` : ip);
