import { ReactFlow, ReactFlowProvider } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useMemo, useRef } from 'react';
import { layoutPipeline } from '../../../lib/pipelineLayout.js';
import { useWidth } from '../../../lib/useWidth.js';
import { BentEdge, EndNode, HeadNode, StepNode } from './FlowNodes.jsx';
import { toFlow } from './flow.js';
import styles from './flow.module.css';

const nodeTypes = { end: EndNode, head: HeadNode, step: StepNode };
const edgeTypes = { bent: BentEdge };
const ariaLabels = { 'node.a11yDescription.default': 'Enter opens its settings. Arrow keys follow the way of a request.' };
const usualWidth = 1150;
const viewport = { x: 0, y: 0, zoom: 1 };
const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const stepOf = (event) => event.target.closest('.react-flow__node')?.dataset.id;

/** The graph itself: fixed places, nothing to pan or zoom; too wide for its card, it scrolls inside. */
const Graph = ({ steps: chain, handler, time, lit, onLit, onOpen }) => {
  const [box, width] = useWidth(usualWidth);
  const frame = useRef(null);
  const layout = useMemo(() => layoutPipeline(chain, width, time), [chain, width, time]);
  const flow = toFlow(layout, { handler, time, lit });
  const isWide = layout.width > width;

  const onKeyDown = (event) => {
    const id = stepOf(event);
    if (!id || !(event.key in steps || event.key === 'Enter' || event.key === ' ')) return;
    event.preventDefault();
    event.stopPropagation();
    if (!(event.key in steps)) return void onOpen(id);
    const ids = chain.map((step) => step.id);
    const next = ids[ids.indexOf(id) + steps[event.key]];
    if (next) frame.current.querySelector(`[data-id="${CSS.escape(next)}"]`).focus();
  };

  const scrolls = isWide ? { role: 'region', tabIndex: 0, 'aria-label': 'Request path, scrolls sideways' } : {};
  return (
    <div ref={box} className={styles.scroll} {...scrolls}>
      <div ref={frame} className={styles.canvas} style={{ width: Math.max(layout.width, width), height: layout.height }} onKeyDownCapture={onKeyDown}>
        <ReactFlow
          nodes={flow.nodes}
          edges={flow.edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          defaultViewport={viewport}
          onNodeClick={(_, node) => node.type === 'step' && onOpen(node.id)}
          onNodeMouseEnter={(_, node) => node.type === 'step' && onLit(node.id)}
          onNodeMouseLeave={() => onLit('')}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable
          edgesFocusable={false}
          elementsSelectable={false}
          panOnDrag={false}
          panOnScroll={false}
          zoomOnScroll={false}
          zoomOnPinch={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          autoPanOnNodeFocus={false}
          ariaLabelConfig={ariaLabels}
          proOptions={{ hideAttribution: false }}
          attributionPosition="bottom-right"
        />
      </div>
    </div>
  );
};

export const FlowGraph = (props) => (
  <ReactFlowProvider>
    <Graph {...props} />
  </ReactFlowProvider>
);
