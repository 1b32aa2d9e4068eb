import { BaseEdge, getSmoothStepPath, Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import styles from './flow.module.css';

const pin = { isConnectable: false, className: styles.pin };

const Pins = () => (
  <>
    <Handle id="in" type="target" position={Position.Left} {...pin} />
    <Handle id="out" type="source" position={Position.Right} {...pin} />
    <Handle id="top" type="target" position={Position.Top} {...pin} style={{ left: 14 }} />
    <Handle id="bottom" type="source" position={Position.Bottom} {...pin} style={{ left: 14 }} />
  </>
);

/** Where a request comes from, and who answers it. */
export const EndNode = memo(function EndNode({ data }) {
  return (
    <div className={`${styles.end} ${data.number ? styles.handler : ''}`}>
      <Pins />
      {data.name}
      {data.number && <span className="num strong">{data.number}</span>}
    </div>
  );
});

/** The name of a phase over its column, with the sum of its steps. */
export const HeadNode = memo(function HeadNode({ data }) {
  return (
    <div className={styles.phase}>
      <b className="strong">{data.name}</b>
      <span className="dim num">{data.number}</span>
    </div>
  );
});

/** One step: its name, its time, and a bar that compares it with the slowest. */
export const StepNode = memo(function StepNode({ data }) {
  return (
    <div className={`${styles.node} ${data.off ? styles.off : ''} ${data.lit ? styles.lit : ''}`} data-lit={data.lit || undefined} title={data.title}>
      <Pins />
      {!data.off && <i style={{ width: `${Math.max(2, data.share * 100)}%` }} />}
      <span className="grow trunc">{data.name}</span>
      <span className="num">{data.number}</span>
    </div>
  );
});

const bend = { borderRadius: 5, offset: 7 };

/** From one column to the next, or to the next line. */
export const BentEdge = memo(function BentEdge({ sourceX, sourceY, targetX, targetY, data, markerEnd, style }) {
  const [path] = getSmoothStepPath({ sourceX, sourceY, sourcePosition: 'right', targetX, targetY, targetPosition: 'left', ...bend, stepPosition: data.turn, centerY: data.turnY ?? undefined });
  return <BaseEdge path={path} markerEnd={markerEnd} style={style} />;
});
