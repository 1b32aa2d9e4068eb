import { shortNode } from '../../lib/connectionWords.js';
import { formatBytes, formatCount } from '../../lib/formatNumber.js';
import { Duration } from '../Duration.jsx';
import { ConnectionDetails } from './ConnectionDetails.jsx';
import styles from './connections.module.css';
import { DisconnectPopover } from './DisconnectPopover.jsx';

const End = ({ connection, closing, missing, ...popover }) => {
  if (closing === 'closed') return <span className="small strong" role="status">Closed by you, 4503</span>;
  if (missing) return <span className="small">{connection.node} did not answer</span>;
  if (connection.gone) return <span className="small" title="It was closed, or stands on another page now">gone</span>;
  return <DisconnectPopover id={connection.id} user={connection.user} ip={connection.client_ip} closing={closing === 'closing'} {...popover} />;
};

/** One open connection; it opens in place. `closing`: what this page does to it; `missing`: its node is silent. */
export const ConnectionRow = ({ connection, columns, open, own, allowed, closing, missing, onToggle, onDisconnect }) => {
  const faded = closing || missing || connection.gone;
  const draw = {
    client: (
      <th key="client" scope="row">
        <button type="button" className={styles.client} aria-expanded={open} onClick={() => onToggle(connection.id)}>
          <span className="mono trunc">{connection.client_ip}</span>
          <span className="small dim trunc">{connection.user ?? 'no user'}{own && <b className="strong"> · this tab</b>}</span>
        </button>
      </th>
    ),
    connected: <td key="connected" className="n"><Duration since={connection.connected_at} short={!columns.includes('node')} /></td>,
    subscriptions: <td key="subscriptions"><span className={`trunc ${styles.topics}`} title={connection.subscriptions.join(', ')}>{connection.subscriptions.join(', ') || <span className="dim">nothing</span>}</span></td>,
    traffic: <td key="traffic" className="n"><span className={styles.line}>{formatCount(connection.received)}</span><span className={`small dim ${styles.line}`}>{formatCount(connection.sent)}</span></td>,
    waiting: (
      <td key="waiting" className={`n ${connection.lagging ? 't-degraded strong' : ''}`}>
        <span className={styles.line}>{formatBytes(connection.pending_bytes)}</span>
        {connection.lagging && <span className={`small ${styles.line}`}>lagging</span>}
      </td>
    ),
    node: <td key="node" className="dim"><span className="trunc" title={connection.node}>{shortNode(connection)}</span></td>,
    end: <td key="end" className={styles.end}><End connection={connection} closing={closing} missing={missing} own={own} allowed={allowed} onDisconnect={onDisconnect} /></td>,
  };
  return (
    <>
      <tr className={`${styles.row} ${open ? styles.open : ''} ${faded ? styles.faded : ''}`} data-connection={connection.id} onClick={(event) => event.target.closest('button, form') || onToggle(connection.id)}>
        {columns.map((column) => draw[column])}
      </tr>
      {open && <tr className={styles.detail}><td colSpan={columns.length}><ConnectionDetails connection={connection} /></td></tr>}
    </>
  );
};
