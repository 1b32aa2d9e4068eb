import { neighbours, reach } from './graphPaths.js';

const failing = (status) => status === 'down' || status === 'degraded';

/** Does a fault of a dependency with `status` pass this edge? `felt`: the dependency feels a fault of its own below. */
const carries = ({ kind }, status, felt) =>
  (kind === 'required' && (failing(status) || felt)) || (kind === 'limited' && status === 'down');

/** Ids that feel a fault somewhere below them: upwards from everything that fails. */
const feeling = (felt, edges) => {
  const edgesTo = Map.groupBy(edges, (edge) => edge.target);
  const reached = new Set();
  const queue = [...felt.keys()].filter((id) => failing(felt.get(id)));
  for (const id of queue) {
    for (const edge of edgesTo.get(id) ?? []) {
      if (reached.has(edge.source) || !carries(edge, felt.get(id), reached.has(id))) continue;
      reached.add(edge.source);
      queue.push(edge.source);
    }
  }
  return reached;
};

/** Root causes by id, each with its circle: what fails and requires nothing that fails, except what fails in a circle
    with it. */
const rootsOf = (felt, edges) => {
  const isBad = (id) => failing(felt.get(id));
  const bad = edges.filter(({ kind, source, target }) => kind === 'required' && isBad(source) && isBad(target));
  const { below } = neighbours(bad);
  const circles = [...felt.keys()].filter(isBad).map((id) => [id, reach(id, below)]);
  return new Map(circles.filter(([id, others]) => others.every((other) => reach(other, below).includes(id))));
};

const effectiveOf = (status, needs, felt) =>
  status === 'healthy' && needs.some((edge) => edge.kind === 'required' && felt.get(edge.target) === 'down') ? 'degraded' : status;

/** Planned work may degrade a service without putting anybody at risk. */
const feltStatus = ({ status, overlays }) => (status === 'degraded' && overlays.includes('maintenance') ? 'healthy' : status);

/** The map as it would be with `downIds` down, by the server's own rule: a required dependency that is down makes a
    passing service degraded, one hop; farther up it is a mark with its root causes; nothing passes optional edges. */
export const whatIf = (map, downIds) => {
  const down = new Set(downIds);
  const supposed = map.nodes.map((node) => ({ ...node, status: down.has(node.id) ? 'down' : node.status }));
  const felt = new Map(supposed.map((node) => [node.id, feltStatus(node)]));
  const edges = map.edges.filter((edge) => edge.source !== edge.target);
  const reached = feeling(felt, edges);
  const impaired = new Set(edges.filter((edge) => carries(edge, felt.get(edge.target), reached.has(edge.target))));
  const { below } = neighbours([...impaired]);
  const roots = rootsOf(felt, edges);
  const needsOf = Map.groupBy(edges, (edge) => edge.source);

  const nodes = supposed.map((node, at) => {
    const effective = effectiveOf(node.status, needsOf.get(node.id) ?? [], felt);
    const circle = roots.get(node.id) ?? [];
    const causes = reach(node.id, below).filter((id) => roots.has(id) && !circle.includes(id)).sort();
    return {
      ...node,
      effective,
      root_causes: causes,
      at_risk: causes.length > 0 && !failing(effective),
      is_root_cause: roots.has(node.id),
      assumed: down.has(node.id),
      changed: effective !== map.nodes[at].effective,
    };
  });
  return { ...map, nodes, edges: map.edges.map((edge) => ({ ...edge, impaired: impaired.has(edge) })) };
};

/** "payments-api would be degraded; checkout and storefront would be at risk", from the map before and after. */
export const consequences = (before, after) => {
  const was = new Map(before.nodes.map((node) => [node.id, node]));
  const degraded = after.nodes.filter((node) => node.changed && !node.assumed);
  const risky = after.nodes.filter((node) => node.at_risk && !was.get(node.id).at_risk);
  return { degraded: degraded.map((node) => node.name), atRisk: risky.map((node) => node.name) };
};
