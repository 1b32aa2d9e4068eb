import { closedWords } from '../../lib/closeCodes.js';
import { shortNode } from '../../lib/connectionWords.js';
import { formatDuration } from '../../lib/formatDuration.js';
import { usePhone } from '../../lib/usePhone.js';
import { Moment } from '../Moment.jsx';
import styles from './connections.module.css';

const lasted = ({ connected_at: from, closed_at: to }) => formatDuration((Date.parse(to) - Date.parse(from)) / 1000);

/** Connections of the last five minutes that are closed, and why. */
export const ClosedTable = ({ rows }) => {
  const phone = usePhone();
  return (
    <table className={`table ${styles.table}`} aria-label="Closed connections">
      <colgroup><col className={styles.clientColumn} /><col className={styles.closedColumn} /><col /><col className={styles.connectedColumn} />{!phone && <col className={styles.nodeColumn} />}</colgroup>
      <thead>
        <tr><th scope="col">Client</th><th scope="col">Closed</th><th scope="col">Why</th><th scope="col" className="n">Lasted</th>{!phone && <th scope="col">Node</th>}</tr>
      </thead>
      <tbody>
        {rows.map((connection) => (
          <tr key={connection.id} data-connection={connection.id}>
            <th scope="row"><span className={styles.client}><span className="mono trunc">{connection.client_ip}</span><span className="small dim trunc">{connection.user ?? 'no user'}</span></span></th>
            <td><Moment at={connection.closed_at} /></td>
            <td className={styles.why}><span className="mono">{connection.close_code ?? ''}</span> {closedWords(connection)}</td>
            <td className="n">{lasted(connection)}</td>
            {!phone && <td className="dim"><span className="trunc" title={connection.node}>{shortNode(connection)}</span></td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
};
