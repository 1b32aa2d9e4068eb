import dagre from '@dagrejs/dagre';
import { neighbours } from './graphPaths.js';
import { isBelfry } from './status.js';

export const nodeWidth = 128;
export const nodeHeight = 46;
const stepX = nodeWidth + 14;
const stepY = nodeHeight + 50;
const islandGap = 40;
const widestRow = 4;
const framePadding = 14;
const frameTitle = 12;

/** A text that stays the same as long as nothing was added, removed or linked anew: positions may then stay, too. */
export const shapeOf = ({ nodes, edges }) =>
  [...nodes.map((node) => node.id).sort(), ...edges.map((edge) => `${edge.source}>${edge.target}`).sort()].join(' ');

/** Ids by connected part, in the given order, and the ids without any edge. */
const islandsOf = (order, edges) => {
  const links = neighbours([...edges, ...edges.map(({ source, target }) => ({ source: target, target: source }))]).below;
  const seen = new Set();
  const islands = [];
  for (const id of order) {
    if (seen.has(id) || !links.has(id)) continue;
    const island = new Set([id]);
    for (const member of island) for (const other of links.get(member)) island.add(other);
    for (const member of island) seen.add(member);
    islands.push([...island]);
  }
  return { islands, lonely: order.filter((id) => !links.has(id)) };
};

/** Rows of ids in layers, dependents above what they need, with as few crossings as dagre finds, and its x for each. */
const layers = (ids, edges, cycles, lengthOf) => {
  const graph = new dagre.graphlib.Graph({ compound: true }).setGraph({ rankdir: 'TB', nodesep: 14, edgesep: 4, ranksep: 50 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { width: nodeWidth, height: nodeHeight });
  cycles.forEach((members, at) => {
    graph.setNode(`cycle:${at}`, {});
    for (const id of members) graph.setParent(id, `cycle:${at}`);
  });
  for (const { source, target } of edges) graph.setEdge(source, target, { minlen: lengthOf(source, target) });
  dagre.layout(graph);
  const byY = Map.groupBy(ids, (id) => Math.round(graph.node(id).y));
  return [...byY].sort(([a], [b]) => a - b).map(([, row]) => row.map((id) => ({ id, x: graph.node(id).x })).sort((a, b) => a.x - b.x));
};

/** How many layers the free ends of a crowded layer move away, so that no layer gets too wide to read. */
const lifts = (rows, { below, above }) => {
  const lifted = new Map();
  for (const row of rows) {
    const needed = Math.ceil(row.length / widestRow);
    row.filter(({ id }) => !above.has(id) || !below.has(id)).forEach(({ id }, at) => lifted.set(id, at % needed));
  }
  return lifted;
};

const narrowLayers = (ids, edges, cycles) => {
  const rows = layers(ids, edges, cycles, () => 1);
  if (rows.every((row) => row.length <= widestRow)) return rows;
  const around = neighbours(edges);
  const lifted = lifts(rows, around);
  const up = (id) => (around.above.has(id) ? 0 : (lifted.get(id) ?? 0));
  const down = (id) => (around.below.has(id) ? 0 : (lifted.get(id) ?? 0));
  return layers(ids, edges, cycles, (source, target) => 1 + up(source) + down(target));
};

/** Columns for a row: as near to dagre's places as a grid of `width` columns allows, one column apart at least. */
const columnsOf = (row, width, span) => {
  const wishes = row.map(({ x }) => (span ? (x / span) * (width - 1) : (width - 1) / 2));
  const columns = [];
  wishes.forEach((wish, at) => columns.push(at ? Math.max(wish, columns[at - 1] + 1) : wish));
  for (let at = row.length - 1, most = width - 1; at >= 0; at -= 1, most = columns[at + 1] - 1) columns[at] = Math.min(columns[at], most);
  const low = Math.min(0, columns[0]);
  return columns.map((column) => Math.round((column - low) * 2) / 2);
};

const placeIsland = (ids, edges, cycles) => {
  const rows = narrowLayers(ids, edges, cycles);
  const width = Math.max(...rows.map((row) => row.length));
  const xs = rows.flat().map(({ x }) => x);
  const first = Math.min(...xs);
  const span = Math.max(...xs) - first;
  const placed = rows.flatMap((row, at) => {
    const columns = columnsOf(row.map(({ id, x }) => ({ id, x: x - first })), width, span);
    return row.map(({ id }, index) => [id, { x: columns[index] * stepX, y: at * stepY }]);
  });
  return new Map(placed);
};

const placeLonely = (ids) => new Map(ids.map((id, at) => [id, { x: (at % widestRow) * stepX, y: Math.floor(at / widestRow) * (nodeHeight + 20) }]));

const extent = (places, axis, size) => Math.max(0, ...[...places.values()].map((place) => place[axis] + size));

/** Blocks of places, one below the other, each in the middle. */
const stack = (blocks) => {
  const width = Math.max(0, ...blocks.map((block) => extent(block, 'x', nodeWidth)));
  const all = new Map();
  let top = 0;
  for (const block of blocks) {
    const left = (width - extent(block, 'x', nodeWidth)) / 2;
    for (const [id, { x, y }] of block) all.set(id, { x: Math.round(x + left), y: y + top });
    top += extent(block, 'y', nodeHeight) + islandGap;
  }
  return all;
};

const isCalmOwn = (node) => isBelfry(node) && node.effective === 'healthy';

/** As the nodes come, failing first; Belfry's own last while they are well. */
const inOrder = (nodes) => nodes.toSorted((a, b) => isCalmOwn(a) - isCalmOwn(b)).map((node) => node.id);

/** Layers of services, dependents above what they need; parts without a link between them stand one below the other,
    the part that holds the first node first. `Map(id -> {x, y})`: top left corners in px, from 0. */
export const layoutGraph = ({ nodes, edges, cycles }) => {
  const known = new Set(nodes.map((node) => node.id));
  const drawn = edges.filter(({ source, target }) => source !== target && known.has(source) && known.has(target));
  const order = inOrder(nodes);
  const { islands, lonely } = islandsOf(order, drawn);
  const blocks = islands.map((ids) => {
    const inside = new Set(ids);
    return placeIsland(ids, drawn.filter((edge) => inside.has(edge.source)), cycles.filter((cycle) => cycle.every((id) => inside.has(id))));
  });
  if (lonely.length) blocks.push(placeLonely(lonely));
  const firstOf = (block) => order.findIndex((id) => block.has(id));
  return stack(blocks.toSorted((a, b) => firstOf(a) - firstOf(b)));
};

/** The frame around a cycle in px; null when none of its members is drawn. */
export const cycleFrame = (members, places) => {
  const corners = members.map((id) => places.get(id)).filter(Boolean);
  if (corners.length === 0) return null;
  const x = Math.min(...corners.map((corner) => corner.x)) - framePadding;
  const y = Math.min(...corners.map((corner) => corner.y)) - framePadding - frameTitle;
  const right = Math.max(...corners.map((corner) => corner.x)) + nodeWidth + framePadding;
  const bottom = Math.max(...corners.map((corner) => corner.y)) + nodeHeight + framePadding;
  return { x, y, width: right - x, height: bottom - y };
};
