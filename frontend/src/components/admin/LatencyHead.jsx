import { sortWords } from '../../lib/latencyWords.js';
import { gridCell } from '../../lib/useRovingGrid.js';
import { HourAxis } from '../charts/HourAxis.jsx';
import styles from './latency.module.css';

const sortable = ['p50', 'p95', 'p99', 'count', 'change'];
const widths = { watch: 32, service: 116, p50: 80, p95: 80, p99: 80, count: 88, change: 96, spark: 112 };

const titleOf = (column, { titles, hours, quantile, zone, endsNow }) => {
  if (column === 'hours') return <><span className="visually-hidden">{sortWords[quantile]} by hour, </span><HourAxis hours={hours} zone={zone} endsNow={endsNow} /></>;
  if (column === 'watch') return <span className="visually-hidden">Watched</span>;
  return titles?.[column] ?? { ...sortWords, service: 'Service', spark: 'P99, 24 h' }[column];
};

const HeadCell = ({ column, place, sort, sorts = sortable, onSort, ...given }) => {
  const sorted = sort === column;
  const can = onSort && sorts.includes(column);
  const look = `${['watch', 'service'].includes(column) ? '' : 'n'} ${styles[column] ?? ''}`;
  const title = titleOf(column, given);
  if (!can) return <th scope="col" className={look} {...place}>{title}</th>;
  return (
    <th scope="col" className={look} aria-sort={sorted ? 'descending' : undefined}>
      <button type="button" className={styles.sort} onClick={() => onSort(column)} {...place}>
        {title}
        <span aria-hidden="true" className={styles.arrow}>{sorted ? '↓' : ''}</span>
      </button>
    </th>
  );
};

export const LatencyColumns = ({ columns }) => (
  <colgroup>
    <col className={styles.nameColumn} />
    {columns.map((column) => <col key={column} className={styles[`${column}Column`]} style={{ width: widths[column] }} />)}
  </colgroup>
);

/** The headings of a table of latencies; those of numbers, or of `sorts`, sort it. `titles`: other words for a column. */
export const LatencyHead = ({ columns, row, active, ...given }) => (
  <tr>
    <th scope="col" {...gridCell(row, 0, active)}>Endpoint</th>
    {columns.map((column, at) => <HeadCell key={column} column={column} place={gridCell(row, 1 + at, active)} {...given} />)}
  </tr>
);
