/* Walks over the dependency map. An edge goes from a dependent (`source`) to its dependency (`target`). */

const index = (edges, from, to) => {
  const found = new Map();
  for (const edge of edges) found.set(edge[from], [...(found.get(edge[from]) ?? []), edge[to]]);
  return found;
};

/** Direct neighbours by id: `below` what it needs, `above` what needs it. */
export const neighbours = (edges) => ({ below: index(edges, 'source', 'target'), above: index(edges, 'target', 'source') });

/** Every id reached from `start` by `next`, nearest first, without `start`. */
export const reach = (start, next) => {
  const seen = new Set([start]);
  for (const id of seen) for (const other of next.get(id) ?? []) seen.add(other);
  seen.delete(start);
  return [...seen];
};

/** `id`, all that it needs and all that need it. */
export const familyOf = (id, edges) => {
  const { below, above } = neighbours(edges);
  return new Set([id, ...reach(id, below), ...reach(id, above)]);
};

/** The shortest chain of ids from `from` to the nearest of `targets` (a Set); empty when there is none. */
export const shortestPath = (from, targets, next) => {
  const cameFrom = new Map([[from, null]]);
  for (const [id] of cameFrom) {
    if (id !== from && targets.has(id)) return unwind(id, cameFrom);
    for (const other of next.get(id) ?? []) if (!cameFrom.has(other)) cameFrom.set(other, id);
  }
  return [];
};

const unwind = (id, cameFrom) => (id === null ? [] : [...unwind(cameFrom.get(id), cameFrom), id]);

/** The chain that tells the story of `id`: down to its nearest root cause, or, when it is one itself, from the
    farthest service that feels it. Empty when there is nothing to tell. */
export const causePath = (id, { nodes, edges }) => {
  const node = nodes.find((one) => one.id === id);
  if (!node) return [];
  const { below, above } = neighbours(edges.filter((edge) => edge.kind !== 'optional'));
  if (!node.is_root_cause) return shortestPath(id, new Set(node.root_causes), below);
  const farthest = reach(id, above).at(-1);
  return farthest ? shortestPath(farthest, new Set([id]), below) : [];
};

/** What must not become a dependency of `id`: itself, and all that need it. */
export const wouldCycle = (id, edges) => new Set([id, ...reach(id, neighbours(edges).above)]);

/** Ids beside `id`: the other things needed by the first that needs it, or the tops of the map. */
export const besides = (id, { nodes, edges }) => {
  const { below, above } = neighbours(edges);
  const parent = above.get(id)?.[0];
  return parent ? below.get(parent) : nodes.map((node) => node.id).filter((one) => !above.has(one));
};
