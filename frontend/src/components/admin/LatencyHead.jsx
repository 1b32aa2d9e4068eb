import { hourClock } from '../../lib/hours.js';
import { sortWords } from '../../lib/latencyWords.js';
import { gridCell } from '../../lib/useRovingGrid.js';
import styles from './latency.module.css';

const sortable = ['p50', 'p95', 'p99', 'count', 'change'];
const widths = { service: 124, p50: 80, p95: 80, p99: 80, count: 88, change: 96, spark: 112 };

/** Every third hour has its clock time, the last one is now. */
const Axis = ({ hours, zone }) => (
  <span className={`${styles.axis} num`}>
    {hours.map((at, index) => <span key={at}>{index % 3 === 0 && index < hours.length - 3 ? hourClock(at, zone).slice(0, 2) : ''}</span>)}
    <span className={styles.now}>now</span>
  </span>
);

const titleOf = (column, { titles, hours, zone }) => {
  if (column === 'hours') return <><span className="visually-hidden">P99 by hour, </span><Axis hours={hours} zone={zone} /></>;
  return titles?.[column] ?? { ...sortWords, service: 'Service', spark: 'P99, 24 h' }[column];
};

const HeadCell = ({ column, place, sort, onSort, ...given }) => {
  const sorted = sort === column;
  const can = onSort && sortable.includes(column);
  const look = `${column === 'service' ? '' : 'n'} ${styles[column] ?? ''}`;
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

/** The headings of a table of latencies; those of numbers sort it. `titles`: other words for a column. */
export const LatencyHead = ({ columns, row, active, ...given }) => (
  <tr>
    <th scope="col" {...gridCell(row, 0, active)}>Endpoint</th>
    {columns.map((column, at) => <HeadCell key={column} column={column} place={gridCell(row, 1 + at, active)} {...given} />)}
  </tr>
);
