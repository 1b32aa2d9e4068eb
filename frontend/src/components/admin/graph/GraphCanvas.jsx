import { Controls, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useRef } from 'react';
import { nodeHeight, nodeWidth } from '../../../lib/graphLayout.js';
import { besides, neighbours } from '../../../lib/graphPaths.js';
import { CycleNode, ServiceNode } from './ServiceNode.jsx';
import styles from './graph.module.css';

const nodeTypes = { service: ServiceNode, cycle: CycleNode };
const ariaLabels = {
  'node.a11yDescription.default': 'Enter selects. Arrow down goes to what it needs, up to what needs it, left and right to its neighbours.',
  'controls.ariaLabel': 'Zoom',
  'controls.zoomIn.ariaLabel': 'Zoom in',
  'controls.zoomOut.ariaLabel': 'Zoom out',
  'controls.fitView.ariaLabel': 'Show all',
  'minimap.ariaLabel': 'Overview of the map',
};
const smallestZoom = 0.72;
const minimapOver = 24;

const nodeOf = (event) => event.target.closest('.react-flow__node')?.dataset.id;

const beside = (id, map, step) => {
  const row = besides(id, map);
  return row[(row.indexOf(id) + step + row.length) % row.length];
};

/** Where an arrow key leads from a node: along the edges, never by pixels. */
const moves = {
  ArrowDown: (id, map) => neighbours(map.edges).below.get(id)?.[0],
  ArrowUp: (id, map) => neighbours(map.edges).above.get(id)?.[0],
  ArrowLeft: (id, map) => beside(id, map, -1),
  ArrowRight: (id, map) => beside(id, map, 1),
};

const Canvas = ({ map, flow, focusId, onSelect }) => {
  const frame = useRef(null);
  const view = useReactFlow();

  const isVisible = ({ position }) => {
    const { left, top, right, bottom } = frame.current.getBoundingClientRect();
    const corner = view.flowToScreenPosition(position);
    const far = view.flowToScreenPosition({ x: position.x + nodeWidth, y: position.y + nodeHeight });
    return corner.x >= left && corner.y >= top && far.x <= right && far.y <= bottom;
  };

  const show = (id) => {
    const node = view.getNode(id);
    if (!node || isVisible(node)) return;
    const { zoom } = view.getViewport();
    view.setCenter(node.position.x + nodeWidth / 2, node.position.y + nodeHeight / 2, { zoom: Math.max(zoom, smallestZoom), duration: 200 });
  };

  const onKeyDown = (event) => {
    const id = nodeOf(event);
    if (!id) return;
    if (event.key === 'Enter' || event.key === ' ') onSelect(id);
    else if (event.key in moves) frame.current.querySelector(`[data-id="${CSS.escape(moves[event.key](id, map) ?? id)}"]`)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  useEffect(() => {
    if (focusId) show(focusId);
  }, [focusId]); // eslint-disable-line react-hooks/exhaustive-deps -- only a new wish moves the view

  /** Readable from the start: as wide as fits, from the top, where the failing part stands. */
  const placeView = () => {
    if (!frame.current) return; // gone before the map was ready
    const width = frame.current.clientWidth;
    const widest = Math.max(...flow.nodes.map((node) => node.position.x + node.width), 1);
    const zoom = Math.min(1, Math.max(smallestZoom, (width - 28) / widest));
    view.setViewport({ x: Math.max(14, (width - widest * zoom) / 2), y: 18, zoom });
    if (focusId) show(focusId);
  };

  return (
    <div ref={frame} className={styles.canvas} onKeyDownCapture={onKeyDown}>
      <ReactFlow
        nodes={flow.nodes}
        edges={flow.edges}
        nodeTypes={nodeTypes}
        onInit={placeView}
        onNodeClick={(_, node) => node.type === 'service' && onSelect(node.id)}
        onPaneClick={() => onSelect(null)}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable
        edgesFocusable={false}
        elementsSelectable={false}
        panOnScroll={false}
        zoomOnScroll={false}
        preventScrolling={false}
        zoomOnDoubleClick={false}
        minZoom={0.2}
        maxZoom={1.4}
        ariaLabelConfig={ariaLabels}
        attributionPosition="bottom-left"
      >
        <Controls showInteractive={false} position="bottom-right" className={styles.controls} />
        {flow.nodes.length > minimapOver && <MiniMap pannable zoomable position="top-right" className={styles.minimap} nodeColor={(node) => `var(--bf-${node.data.status ?? 'border'})`} />}
      </ReactFlow>
    </div>
  );
};

/** The drawn map: pan, zoom, one tab stop a node, failing first. `focusId`: bring this node into view. */
export const GraphCanvas = (props) => (
  <ReactFlowProvider>
    <Canvas {...props} />
  </ReactFlowProvider>
);
