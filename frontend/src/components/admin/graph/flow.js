import { cycleFrame, nodeHeight, nodeWidth } from '../../../lib/graphLayout.js';
import { neighbours } from '../../../lib/graphPaths.js';
import { edgeStatus, nodeLine, nodeSentence, nodeStatus } from '../../../lib/nodeWords.js';

const pinGap = 20;
const pinRoom = nodeWidth - 32;

/** Where the edges of one side leave a node: side by side, in the order of what they lead to. */
const sidePins = (type, others, places) => {
  const gap = Math.min(pinGap, pinRoom / Math.max(1, others.length - 1));
  const first = nodeWidth / 2 - (gap * (others.length - 1)) / 2;
  return others
    .toSorted((a, b) => places.get(a).x - places.get(b).x)
    .map((id, at) => ({ id, type, x: Math.round(first + at * gap) }));
};

const pinsOf = (id, around, places) => [
  ...sidePins('target', around.above.get(id) ?? [], places),
  ...sidePins('source', around.below.get(id) ?? [], places),
];

const asHandle = ({ id, type, x }) => ({ id, type, position: type === 'target' ? 'top' : 'bottom', x, y: type === 'target' ? 0 : nodeHeight, width: 1, height: 1 });

const serviceNode = (node, place, pins, { view, services, selectedId, family }) => ({
  id: node.id,
  type: 'service',
  position: place,
  width: nodeWidth,
  height: nodeHeight,
  handles: pins.map(asHandle),
  ariaLabel: nodeSentence(node),
  data: {
    pins,
    name: node.name,
    line: nodeLine(node, view, services.get(node.id)),
    title: `${node.name}: ${node.reason}`,
    status: nodeStatus(node, view),
    known: node.known,
    root: view === 'effective' && node.is_root_cause && !node.size,
    causes: view === 'effective' && node.at_risk ? node.root_causes.length : 0,
    hatched: Boolean(node.assumed || (node.changed && view === 'effective')),
    selected: node.id === selectedId,
    faint: family !== null && !family.has(node.id),
  },
});

const cycleLabel = (members, byId) =>
  `Cycle of ${members.length}${members.every((id) => byId.get(id)?.is_root_cause) ? ', one root cause' : ''}`;

const cycleNode = (members, at, places, byId) => {
  const frame = cycleFrame(members, places);
  return (
    frame && {
      id: `cycle:${at}`,
      type: 'cycle',
      position: { x: frame.x, y: frame.y },
      width: frame.width,
      height: frame.height,
      focusable: false,
      selectable: false,
      zIndex: -1,
      data: { ...frame, label: cycleLabel(members, byId) },
    }
  );
};

const dashes = { required: undefined, limited: '4 4', optional: '4 4' };

const flowEdge = (edge, byId, { view, family }) => {
  const target = byId.get(edge.target);
  const shown = edge.impaired && view === 'effective';
  const colour = shown ? `var(--bf-${edgeStatus(target, byId)})` : 'var(--bf-border-2)';
  const faint = family !== null && !(family.has(edge.source) && family.has(edge.target));
  return {
    id: `${edge.source} ${edge.target}`,
    source: edge.source,
    target: edge.target,
    sourceHandle: edge.target,
    targetHandle: edge.source,
    ariaLabel: `${byId.get(edge.source).name} depends on ${target.name}, ${edge.kind}`,
    focusable: false,
    selectable: false,
    markerEnd: { type: 'arrowclosed', color: colour, width: shown ? 11 : 14, height: shown ? 11 : 14 },
    style: { stroke: colour, strokeWidth: shown ? 2 : 1.25, strokeDasharray: target.known ? dashes[edge.kind] : '2 4', opacity: faint ? 0.35 : 1 },
  };
};

/** The map as nodes and edges of the flow library. `places`: from `layoutGraph`; `look`: {view, services, selectedId, family}. */
export const toFlow = (map, places, look) => {
  const byId = new Map(map.nodes.map((node) => [node.id, node]));
  const edges = map.edges.filter((edge) => byId.has(edge.source) && byId.has(edge.target));
  const around = neighbours(edges);
  const frames = map.cycles.map((members, at) => cycleNode(members, at, places, byId)).filter(Boolean);
  return {
    nodes: [...frames, ...map.nodes.map((node) => serviceNode(node, places.get(node.id), pinsOf(node.id, around, places), look))],
    edges: edges.toSorted((a, b) => a.impaired - b.impaired).map((edge) => flowEdge(edge, byId, look)), // faults on top
  };
};
