import { neighbours, reach } from './graphPaths.js';

const failing = (status) => status === 'down' || status === 'degraded';

/** Does a fault of a dependency with `status` pass this edge? `felt`: the dependency feels a fault of its own below. */
const carries = ({ kind }, status, felt) =>
  (kind === 'required' && (failing(status) || felt)) || (kind === 'limited' && status === 'down');

/** Ids that feel a fault somewhere below them: upwards from everything that fails. */
const feeling = (own, edges) => {
  const edgesTo = Map.groupBy(edges, (edge) => edge.target);
  const felt = new Set();
  const queue = [...own.keys()].filter((id) => failing(own.get(id)));
  for (const id of queue) {
    for (const edge of edgesTo.get(id) ?? []) {
      if (felt.has(edge.source) || !carries(edge, own.get(id), felt.has(id))) continue;
      felt.add(edge.source);
      queue.push(edge.source);
    }
  }
  return felt;
};

/** Root causes: what fails and requires nothing that fails, except what fails in a circle with it. */
const rootsOf = (own, edges) => {
  const bad = edges.filter(({ kind, source, target }) => kind === 'required' && failing(own.get(source)) && failing(own.get(target)));
  const { below } = neighbours(bad);
  const circular = (id) => reach(id, below).every((other) => reach(other, below).includes(id));
  return [...own.keys()].filter((id) => failing(own.get(id)) && circular(id));
};

const effectiveOf = (id, own, edgesFrom) => {
  const status = own.get(id);
  if (status !== 'healthy') return status;
  const broken = edgesFrom.get(id)?.some((edge) => edge.kind === 'required' && own.get(edge.target) === 'down');
  return broken ? 'degraded' : 'healthy';
};

/** The map as it would be with `downIds` down, by the server's own rule: a required dependency that is down makes a
    passing service degraded, one hop; farther up it is a mark with its root causes; nothing passes optional edges. */
export const whatIf = (map, downIds) => {
  const down = new Set(downIds);
  const own = new Map(map.nodes.map((node) => [node.id, down.has(node.id) ? 'down' : node.status]));
  const edges = map.edges.filter((edge) => edge.source !== edge.target);
  const felt = feeling(own, edges);
  const impaired = edges.filter((edge) => carries(edge, own.get(edge.target), felt.has(edge.target)));
  const { below } = neighbours(impaired);
  const roots = new Set(rootsOf(own, edges));
  const edgesFrom = Map.groupBy(edges, (edge) => edge.source);

  const nodes = map.nodes.map((node) => {
    const effective = effectiveOf(node.id, own, edgesFrom);
    const causes = reach(node.id, below).filter((id) => roots.has(id)).sort();
    const status = own.get(node.id);
    return {
      ...node,
      status,
      effective,
      root_causes: causes,
      at_risk: causes.length > 0 && effective === status && !failing(status),
      is_root_cause: roots.has(node.id),
      assumed: down.has(node.id),
      changed: effective !== node.effective,
    };
  });
  const carried = new Set(impaired);
  return { ...map, nodes, edges: map.edges.map((edge) => ({ ...edge, impaired: carried.has(edge) })) };
};

/** "payments-api would be degraded; checkout and storefront would be at risk", from the map before and after. */
export const consequences = (before, after) => {
  const was = new Map(before.nodes.map((node) => [node.id, node]));
  const degraded = after.nodes.filter((node) => node.changed && !node.assumed);
  const risky = after.nodes.filter((node) => node.at_risk && !was.get(node.id).at_risk);
  return { degraded: degraded.map((node) => node.name), atRisk: risky.map((node) => node.name) };
};
