import { Fragment, useState } from 'react';
import { endpointId } from '../../lib/endpointId.js';
import { hourIndex, hourSpan } from '../../lib/hours.js';
import { endpointName, endpointWords, hourWords } from '../../lib/latencyWords.js';
import { placeOf, useRovingGrid } from '../../lib/useRovingGrid.js';
import { EndpointLatencyRow } from './EndpointLatencyRow.jsx';
import { LatencyColumns, LatencyHead } from './LatencyHead.jsx';
import styles from './latency.module.css';

const usualHint = 'Point at a cell, or move with the arrow keys: what it holds stands here.';

/** Which hour a column of the grid is, or -1. */
const hourOf = (columns, column) => (columns.includes('hours') ? Math.max(-1, column - 1 - columns.indexOf('hours')) : -1);

const wordsOf = (latency, hour, { hours, zone, compare }) => {
  if (hour < 0) return endpointWords(latency);
  const words = hourWords({
    p99: latency.p99_by_hour[hour],
    comparedP99: latency.compared_p99_by_hour?.[hour],
    count: latency.count_by_hour[hour],
    bound: latency.error_bound_pct,
    compare,
  });
  return `${hourSpan(hours[hour], zone)}: ${words}`;
};

const Readout = ({ latency, hour, span, hint = usualHint, ...context }) => (
  <tr className={styles.readout} aria-hidden="true">
    <td colSpan={span}>{latency ? <><b className="strong">{endpointName(latency)}</b> {wordsOf(latency, hour, context)}</> : <span className="dim">{hint}</span>}</td>
  </tr>
);

/**
 * Endpoints by their latencies, and by hour: a grid with one tab stop. `open`: the id of the endpoint whose details
 * `renderOpen(latency, {hourAt, onHourAt})` draws under its row; the hour pointed at (ms) is shared with them. `hint`:
 * what stands above the rows while nothing is pointed at.
 */
export const LatencyTable = ({ endpoints, columns, thresholds, compare, hours, zone, sort, onSort, titles, open, onToggle, renderOpen, label, inside, hint }) => {
  const { grid, activeIn, handlers } = useRovingGrid((row) => onToggle(endpoints[row - 1]), endpoints, columns);
  const [pointed, setPointed] = useState(null);
  const [hourAt, setHourAt] = useState(null);
  const hour = hourIndex(hours, hourAt);
  const span = columns.length + 1;

  const point = (event) => {
    const place = placeOf(event.target);
    setPointed(place);
    setHourAt((place?.[0] && hours[hourOf(columns, place[1])]) || null);
  };
  const leave = () => {
    setPointed(null);
    setHourAt(null);
  };

  const rows = endpoints.map((latency, at) => {
    const id = endpointId(latency);
    const isOpen = id === open;
    return (
      <Fragment key={id}>
        <EndpointLatencyRow latency={latency} columns={columns} thresholds={thresholds} compare={compare} hours={hours} zone={zone}
          row={at + 1} active={activeIn(at + 1)} open={isOpen} onToggle={onToggle} pickedHour={isOpen ? hour : -1} />
        {isOpen && <tr className={styles.detail} data-detail><td colSpan={span}>{renderOpen(latency, { hourAt, onHourAt: setHourAt })}</td></tr>}
      </Fragment>
    );
  });

  return (
    <div className={styles.scroller} {...inside}>
      <table ref={grid} role="grid" aria-label={label} className={`table ${styles.table}`} onPointerOver={point} onPointerLeave={leave}
        onKeyDown={handlers.onKeyDown} onFocus={(event) => { handlers.onFocus(event); point(event); }}>
        <LatencyColumns columns={columns} />
        <thead>
          <LatencyHead columns={columns} row={0} active={activeIn(0)} sort={sort} onSort={onSort} titles={titles} hours={hours} zone={zone} />
          <Readout latency={endpoints[(pointed?.[0] ?? 0) - 1]} hour={pointed ? hourOf(columns, pointed[1]) : -1} span={span} hours={hours} zone={zone} compare={compare} hint={hint} />
        </thead>
        <tbody>{rows}</tbody>
      </table>
    </div>
  );
};
