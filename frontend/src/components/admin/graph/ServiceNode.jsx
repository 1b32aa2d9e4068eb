import { Handle, Position } from '@xyflow/react';
import { memo } from 'react';
import { StatusShape } from '../../StatusShape.jsx';
import styles from './graph.module.css';

const Pins = ({ pins }) =>
  pins.map(({ id, type, x }) => (
    <Handle key={`${type} ${id}`} id={id} type={type} position={type === 'target' ? Position.Top : Position.Bottom} isConnectable={false} className={styles.pin} style={{ left: x }} />
  ));

const looks = ({ status, faint, selected, hatched, known }) =>
  [styles.node, styles[status], faint && styles.faint, selected && styles.selected, hatched && styles.hatched, !known && styles.stranger]
    .filter(Boolean)
    .join(' ');

/** One service, or a folded group: shape, name and the line that says why. */
export const ServiceNode = memo(function ServiceNode({ data }) {
  return (
    <div className={looks(data)} title={data.title} data-status={data.status}>
      <Pins pins={data.pins} />
      <StatusShape status={data.status} />
      <span className={styles.words}>
        <span className={styles.name}>{data.name}</span>
        <span className={styles.line}>{data.line}</span>
      </span>
      {data.causes > 0 && (
        <span className={styles.risk}>
          <StatusShape status="risk" size={11} />
          {data.causes}
        </span>
      )}
      {data.root && <span className={styles.root}>Root cause</span>}
    </div>
  );
});

/** The frame around services that depend on one another. */
export const CycleNode = memo(function CycleNode({ data }) {
  return (
    <div className={styles.cycle} style={{ width: data.width, height: data.height }}>
      <span>{data.label}</span>
    </div>
  );
});
