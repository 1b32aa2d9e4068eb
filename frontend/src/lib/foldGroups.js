import { statusOrder, tally } from './status.js';

/** Above this many nodes, groups fold to one node each. */
export const foldOver = 60;

export const groupNodeId = (group) => `group:${group}`;

const worst = (nodes, field) => statusOrder.find((status) => nodes.some((node) => node[field] === status)) ?? 'unknown';

/** `7 of 50 down`, or `50 healthy`: the worst that is in a group. */
const troubleOf = (members) => {
  const counts = tally(members);
  const status = statusOrder.find((one) => counts[one]) ?? 'healthy';
  return status === 'healthy' ? `${members.length} healthy` : `${counts[status]} of ${members.length} ${status}`;
};

const groupNode = ([group, members]) => ({
  id: groupNodeId(group),
  name: group || 'Not monitored',
  group,
  size: members.length,
  status: worst(members, 'status'),
  effective: worst(members, 'effective'),
  overlays: [],
  at_risk: members.some((node) => node.at_risk),
  root_causes: [...new Set(members.filter((node) => node.at_risk).flatMap((node) => node.root_causes))],
  is_root_cause: members.some((node) => node.is_root_cause),
  reason: troubleOf(members),
  known: true,
});

const edgeKinds = ['required', 'limited', 'optional'];
const stronger = (a, b) => edgeKinds[Math.min(edgeKinds.indexOf(a), edgeKinds.indexOf(b))];

const foldEdges = (edges, place) => {
  const folded = new Map();
  for (const edge of edges) {
    const [source, target] = [place(edge.source), place(edge.target)];
    if (source === target) continue;
    const key = `${source} ${target}`;
    const known = folded.get(key) ?? edge;
    folded.set(key, { source, target, kind: stronger(known.kind, edge.kind), impaired: known.impaired || edge.impaired });
  }
  return [...folded.values()];
};

/** The map with each group that is not in `openGroups` drawn as one node; a small map stays as it is. */
export const foldGroups = (map, openGroups) => {
  if (map.nodes.length <= foldOver) return map;
  const folded = map.nodes.filter((node) => !openGroups.has(node.group));
  const placeOf = new Map(folded.map((node) => [node.id, groupNodeId(node.group)]));
  return {
    ...map,
    nodes: [...[...Map.groupBy(folded, (node) => node.group)].map(groupNode), ...map.nodes.filter((node) => !placeOf.has(node.id))],
    edges: foldEdges(map.edges, (id) => placeOf.get(id) ?? id),
    cycles: map.cycles.filter((cycle) => !cycle.some((id) => placeOf.has(id))),
  };
};
