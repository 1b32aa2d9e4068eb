import { memo } from 'react';
import { Link } from 'react-router';
import { formatCount } from '../../lib/formatNumber.js';
import { comparedPoint, hourPoint } from '../../lib/hourPoint.js';
import { hourSpan } from '../../lib/hours.js';
import { changeLook } from '../../lib/latencyBands.js';
import { changeWords, endpointName, hourWords, isEnough, serviceWords } from '../../lib/latencyWords.js';
import { gridCell } from '../../lib/useRovingGrid.js';
import { FewCell, HeatCell } from '../charts/HeatCell.jsx';
import { HourStrip } from '../charts/HourStrip.jsx';
import { LatencySparkline } from '../charts/LatencySparkline.jsx';
import { Icon } from '../Icon.jsx';
import { RouteName } from '../RouteName.jsx';
import { WatchButton } from '../WatchButton.jsx';
import styles from './latency.module.css';

const quantiles = ['p50', 'p95', 'p99'];

/** The quantiles of a row: a cell each, or one hatched cell where too few requests came. */
const quantileCell = (column, { latency, thresholds, columns, place }) => {
  if (isEnough(latency)) return <td key={column} {...place(column)} className={styles.heat}><HeatCell ms={latency[column]} thresholds={thresholds} /></td>;
  const shown = columns.filter((one) => quantiles.includes(one));
  if (column !== shown[0]) return null;
  return <td key={column} {...place(column)} className={styles.heat} colSpan={shown.length}><FewCell count={latency.count} /></td>;
};

const hoursCell = (column, { latency, quantile, thresholds, compare, place, hours, zone, pickedHour }) => {
  const label = (at) => {
    const words = hourWords({ point: hourPoint(latency, at), bound: latency.hours_error_bound_pct, quantile, compared: comparedPoint(latency, quantile, at), compare });
    return `${hourSpan(hours[at], zone)}, ${words}`;
  };
  const cell = (at) => ({ role: 'gridcell', 'aria-label': label(at), ...place(column, at) });
  return (
    <td key={column} role="presentation" className={styles.hours}>
      <HourStrip latency={latency} quantile={quantile} thresholds={thresholds} compares={compare !== 'none'} picked={pickedHour} cell={cell} />
    </td>
  );
};

const draw = {
  p50: quantileCell,
  p95: quantileCell,
  p99: quantileCell,
  watch: (column, { latency, place, watched, onWatch }) => (
    <td key={column} className={styles.watch}><WatchButton latency={latency} watched={watched} onWatch={onWatch} {...place(column)} /></td>
  ),
  service: (column, { latency, place }) => <td key={column} {...place(column)} className="mid trunc">{serviceWords(latency.service)}</td>,
  count: (column, { latency, place }) => <td key={column} {...place(column)} className="n">{formatCount(latency.count)}</td>,
  change: (column, { latency, place }) => (
    <td key={column} {...place(column)} className="n"><span className={changeLook(latency.change_pct)}>{changeWords(latency.change_pct)}</span></td>
  ),
  spark: (column, { latency }) => <td key={column} className={styles.spark}><LatencySparkline name={endpointName(latency)} hours={latency.p99_by_hour} /></td>,
  hours: hoursCell,
};

const Lead = ({ latency, to, open, onToggle, grid, withService }) => {
  const name = <RouteName method={latency.method} path={latency.path} service={withService ? latency.service : ''} />;
  if (to) return <Link className={styles.rowLink} to={to}>{name}</Link>;
  return (
    <button type="button" className={styles.rowButton} aria-expanded={open} onClick={() => onToggle(latency)} {...grid}>
      <Icon name={open ? 'down' : 'right'} size={14} className="dim" />
      {name}
    </button>
  );
};

/**
 * One endpoint in a table of latencies. `columns`: what stands after its name, of watch, p50, p95, p99, service, count,
 * change, spark, hours. It leads somewhere (`to`) or opens in place (`open`, `onToggle`). In a grid: `row` is its number and
 * `active` the column that is the tab stop. `hours`: when each cell of the last column began, ms; they show `quantile`.
 */
export const EndpointLatencyRow = memo(({ latency, columns, row, active, open, to, onToggle, ...rest }) => {
  const place = (column, further = 0) => gridCell(row, 1 + columns.indexOf(column) + further, active);
  const given = { latency, columns, place, ...rest };
  return (
    <tr className={`${styles.row} ${open ? styles.open : ''}`} onClick={onToggle && ((event) => event.target.closest('button') || onToggle(latency))}>
      <th scope="row">
        <Lead latency={latency} to={to} open={open} onToggle={onToggle} grid={gridCell(row, 0, active)} withService={!columns.includes('service')} />
      </th>
      {columns.map((column) => draw[column](column, given))}
    </tr>
  );
});
