import { ariaSort, nextSort } from '../../lib/connectionWords.js';
import { usePhone } from '../../lib/usePhone.js';
import { ConnectionRow } from './ConnectionRow.jsx';
import styles from './connections.module.css';

const wide = ['client', 'connected', 'subscriptions', 'traffic', 'waiting', 'node', 'end'];
const narrow = ['client', 'connected', 'waiting', 'end'];
const heads = {
  client: ['Client', 'client_ip'],
  connected: ['Connected', 'connected_at', 'n'],
  subscriptions: ['Subscribed to'],
  traffic: ['In, out', 'sent', 'n'],
  waiting: ['Waiting', 'pending_bytes', 'n'],
  node: ['Node', 'node'],
};

const Head = ({ column, sort, onSort }) => {
  if (!heads[column]) return <th scope="col"><span className="visually-hidden">Disconnect</span></th>;
  const [word, by, look = ''] = heads[column];
  if (!by) return <th scope="col" className={look}>{word}</th>;
  const sorted = ariaSort(sort, by);
  return (
    <th scope="col" className={look} aria-sort={sorted}>
      <button type="button" className={styles.sort} onClick={() => onSort(nextSort(sort, by))}>
        {word}<span aria-hidden="true">{sorted && { ascending: '↑', descending: '↓' }[sorted]}</span>
      </button>
    </th>
  );
};

/** Open connections, sorted by the server. `closings`: id -> what this page does to it; `missing`: nodes that are silent;
    `ownId`: this tab's connection. */
export const ConnectionTable = ({ rows, sort, onSort, openId, ownId, closings, missing, ...rest }) => {
  const columns = usePhone() ? narrow : wide;
  return (
    <table className={`table ${styles.table}`} aria-label="Open connections">
      <colgroup>{columns.map((column) => <col key={column} className={styles[`${column}Column`]} />)}</colgroup>
      <thead><tr>{columns.map((column) => <Head key={column} column={column} sort={sort} onSort={onSort} />)}</tr></thead>
      <tbody>
        {rows.map((connection) => (
          <ConnectionRow key={connection.id} connection={connection} columns={columns} open={connection.id === openId} own={connection.id === ownId}
            closing={closings.get(connection.id)} missing={missing.includes(connection.node)} {...rest} />
        ))}
      </tbody>
    </table>
  );
};
