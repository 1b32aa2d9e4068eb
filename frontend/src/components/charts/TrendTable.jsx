import { formatCount, formatErrors, formatLatency } from '../../lib/formatNumber.js';
import { formatMoment } from '../../lib/formatTime.js';
import styles from './charts.module.css';

/** The same points as a table, newest first. */
export const TrendTable = ({ trend, zone, compared }) => {
  const rows = trend.points.map((point, at) => ({ ...point, before: trend.compared?.[at] })).toReversed();
  return (
    <div className={styles.table} role="region" tabIndex={0} aria-label="Trend, as a table">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">From</th>
            {['P50', 'P95', 'P99'].map((word) => <th key={word} scope="col" className="n">{word}</th>)}
            {trend.compared && <th scope="col" className="n">P99 {compared}</th>}
            <th scope="col" className="n">Requests</th>
            <th scope="col" className="n">Errors</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((point) => (
            <tr key={point.at}>
              <td>{formatMoment(point.at, zone)}</td>
              <td className="n">{formatLatency(point.p50)}</td>
              <td className="n">{formatLatency(point.p95)}</td>
              <td className="n">{formatLatency(point.p99)}</td>
              {trend.compared && <td className="n">{formatLatency(point.before?.p99)}</td>}
              <td className="n">{formatCount(point.count)}</td>
              <td className="n">{formatErrors(point.error_rate_pct)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
