import { formatClock } from '../../lib/formatTime.js';
import { formatMetric } from '../../lib/metricValue.js';
import { previewRows } from '../../lib/previewShape.js';
import { capitalised } from '../../lib/sentences.js';
import styles from './charts.module.css';

/** The same preview as a table, an hour a row, newest first. */
export const PreviewTable = ({ preview, operator, levels, zone }) => (
  <div className={styles.table} role="region" tabIndex={0} aria-label="Preview, as a table">
    <table className="table">
      <thead><tr><th scope="col">From</th><th scope="col" className="n">Worst value</th><th scope="col">Would have been</th></tr></thead>
      <tbody>
        {previewRows(preview, operator).map(({ at, value, state }) => (
          <tr key={at}>
            <td className="num">{formatClock(at, zone).slice(0, 5)}</td>
            <td className="n">{formatMetric(value, preview.unit, levels)}</td>
            <td>{state ? capitalised(state) : value == null ? 'No data' : 'OK'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
