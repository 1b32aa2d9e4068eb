import { formatCount, formatErrors } from '../../lib/formatNumber.js';
import styles from './charts.module.css';

const share = (count, total) => formatErrors(total ? (count / total) * 100 : 0);

/** The same buckets as a table. */
export const HistogramTable = ({ histogram, compared }) => (
  <div className={styles.table} role="region" tabIndex={0} aria-label="Response times, as a table">
    <table className="table">
      <thead>
        <tr><th scope="col">Range</th><th scope="col" className="n">Requests</th><th scope="col" className="n">Share</th>{histogram.compared && <th scope="col" className="n">{compared}</th>}</tr>
      </thead>
      <tbody>
        {histogram.buckets.map(({ range, count }, at) => (
          <tr key={range}>
            <td>{range}</td>
            <td className="n">{formatCount(count)}</td>
            <td className="n">{share(count, histogram.latency.count)}</td>
            {histogram.compared && <td className="n">{formatCount(histogram.compared[at])}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
