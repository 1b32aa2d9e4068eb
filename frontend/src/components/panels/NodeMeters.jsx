import { useWsStats } from '../../api/websocket.js';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { ConnectionPoolMeter } from '../charts/ConnectionPoolMeter.jsx';
import styles from './connections.module.css';

const Silent = ({ node }) => (
  <div className={styles.silent}>
    <p className="row small"><b className="mono strong">{node.node}</b><StatusShape status="unknown" size={12} /><span>did not answer</span></p>
    <p className="small">Last heard <Moment at={node.at} />: {node.active} connections</p>
  </div>
);

/** How full each node is, and which did not answer. */
export const NodeMeters = () => {
  const { data } = useWsStats();
  if (!data) return null;
  return (
    <ul className={styles.nodes} aria-label="Nodes">
      {data.nodes.map((node) => (
        <li key={node.node}>{node.answers ? <ConnectionPoolMeter active={node.active} max={node.max} label={node.node} small /> : <Silent node={node} />}</li>
      ))}
    </ul>
  );
};
