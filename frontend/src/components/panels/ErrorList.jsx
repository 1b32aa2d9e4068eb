import { useWsErrors } from '../../api/websocket.js';
import { Moment } from '../Moment.jsx';
import { LoadFailed } from '../LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import styles from './connections.module.css';

const Row = ({ error, onPick }) => {
  const who = error.user ?? error.client_ip;
  return (
    <tr className={styles.row} onClick={() => onPick(who)}>
      <td className="dim"><Moment at={error.at} /></td>
      <td className="mono desk">{error.code}</td>
      <td className={styles.why}><span className="mono phone">{error.code} </span>{error.meaning}{error.message && error.message !== error.meaning && <span className="dim">: {error.message}</span>}</td>
      <td><button type="button" className="link trunc" title={`Show the connections of ${who}, ${error.client_ip}`}>{who}</button></td>
      <td className="dim n desk">{error.reconnects ? 'reconnects' : 'closed'}</td>
    </tr>
  );
};

const Rows = ({ errors, onPick }) =>
  errors.length ? (
    <table className={`table ${styles.table} ${styles.errors}`} aria-label="Last errors">
      <colgroup><col className={styles.timeColumn} /><col className={`desk ${styles.codeColumn}`} /><col /><col className={styles.whoColumn} /><col className={`desk ${styles.thenColumn}`} /></colgroup>
      <thead className="visually-hidden"><tr>{['Time', 'Code', 'What happened', 'Who', 'Then'].map((word) => <th key={word} scope="col">{word}</th>)}</tr></thead>
      <tbody>{errors.map((error) => <Row key={`${error.at} ${error.connection_id} ${error.client_ip} ${error.code}`} error={error} onPick={onPick} />)}</tbody>
    </table>
  ) : (
    <p className={`mid ${styles.none}`}>No WebSocket error was reported.</p>
  );

/** The last twenty errors; one filters the list by who it was (`onPick(user or address)`). */
export const ErrorList = ({ onPick }) => {
  const query = useWsErrors();
  const settled = () => (query.data ? <Rows errors={query.data.errors} onPick={onPick} /> : <LoadFailed problem={query.error} what="the errors" onRetry={query.refetch} />);
  return (
    <section aria-labelledby="ws-errors" className={styles.last} tabIndex={0}>
      <h3 id="ws-errors"><span className="strong">Last errors</span> <span className="dim small">{query.data ? `${query.data.errors.length} of the last 20` : ''}</span></h3>
      <Skeleton loading={query.isPending} label="Loading the errors" then={settled}><SkeletonRows rows={5} /></Skeleton>
    </section>
  );
};
