import { formatCount, formatRate } from '../../lib/formatNumber.js';
import { formatClock } from '../../lib/formatTime.js';
import { rateRows } from '../../lib/rateHistory.js';
import styles from './charts.module.css';

/** The same rates as a table: means of ten seconds, newest first. */
export const RateTable = ({ points, zone }) => (
  <div className={styles.table} role="region" tabIndex={0} aria-label="Messages per second, as a table">
    <table className="table">
      <thead>
        <tr><th scope="col">From</th>{['Sent', 'Received', 'Errors', 'Connections'].map((word) => <th key={word} scope="col" className="n">{word}</th>)}</tr>
      </thead>
      <tbody>
        {rateRows(points).map(({ at, sent, received, errors, active }) => (
          <tr key={at}>
            <td className="num">{formatClock(at, zone)}</td>
            <td className="n">{formatRate(sent)}</td>
            <td className="n">{formatRate(received)}</td>
            <td className="n">{formatRate(errors)}</td>
            <td className="n">{formatCount(active)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
