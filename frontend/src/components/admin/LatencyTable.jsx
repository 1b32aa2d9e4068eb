import { Fragment, useState } from 'react';
import { endpointId } from '../../lib/endpointId.js';
import { hourIndex } from '../../lib/hours.js';
import { useHourBrush } from '../../lib/useHourBrush.js';
import { placeOf, useRovingGrid } from '../../lib/useRovingGrid.js';
import { EndpointLatencyRow } from './EndpointLatencyRow.jsx';
import { LatencyColumns, LatencyHead } from './LatencyHead.jsx';
import { LatencyReadout } from './LatencyReadout.jsx';
import styles from './latency.module.css';

/** Which hour a place `[row, column]` of the grid is, or -1. */
const hourOf = (columns, place) => (place?.[0] && columns.includes('hours') ? Math.max(-1, place[1] - 1 - columns.indexOf('hours')) : -1);

/** Where the chosen hours `[first, last]` begin and end on every strip. */
const chosenStyle = (chosen) => (chosen ? { '--first': chosen[0], '--end': chosen[1] + 1 } : undefined);

/**
 * Endpoints by their latencies, and by hour: a grid with one tab stop. `open`: the id of the endpoint whose details
 * `renderOpen(latency, {hourAt, onHourAt})` draws under its row; the hour pointed at (ms) is shared with them, and
 * `renderHour(latency, hour)` draws it in the readout. `picked`: the hours looked at, `[first, last]` by index or null;
 * `onPick(first, last)`: others are chosen. `watched`: ids; `hint`: what stands above the rows while nothing is pointed at.
 */
export const LatencyTable = ({ endpoints, columns, sort, sorts, onSort, titles, open, onToggle, renderOpen, renderHour, label, inside, hint, picked, onPick, watched, onWatch, endsNow, ...rest }) => {
  const { grid, activeIn, handlers } = useRovingGrid((row) => onToggle(endpoints[row - 1]), endpoints, columns);
  const [pointed, setPointed] = useState(null);
  const [hourAt, setHourAt] = useState(null);
  const { chosen, choosing, pointer, onKey } = useHourBrush(onPick, picked);
  const { hours } = rest;
  const hour = hourIndex(hours, hourAt);

  const point = (event) => {
    const place = placeOf(event.target);
    setPointed(place);
    setHourAt(hours[hourOf(columns, place)] ?? null);
  };
  const leave = () => {
    setPointed(null);
    setHourAt(null);
  };
  const onKeyDown = (event) => {
    const place = placeOf(event.target);
    if (onKey(event, hourOf(columns, place))) event.preventDefault();
    else if (event.key === 'w' && place?.[0] && !event.ctrlKey && !event.metaKey) onWatch(endpoints[place[0] - 1]);
    else handlers.onKeyDown(event);
  };

  const rows = endpoints.map((latency, at) => {
    const id = endpointId(latency);
    const isOpen = id === open;
    return (
      <Fragment key={id}>
        <EndpointLatencyRow latency={latency} columns={columns} row={at + 1} active={activeIn(at + 1)} open={isOpen} onToggle={onToggle}
          pickedHour={isOpen ? hour : -1} watched={watched.includes(id)} onWatch={onWatch} {...rest} />
        {isOpen && <tr className={styles.detail} data-detail><td colSpan={columns.length + 1}>{renderOpen(latency, { hourAt, onHourAt: setHourAt })}</td></tr>}
      </Fragment>
    );
  });

  return (
    <div className={styles.scroller} {...inside}>
      <table ref={grid} role="grid" aria-label={label} className={`table ${styles.table}`} style={chosenStyle(chosen)} data-chosen={chosen ? '' : undefined}
        {...pointer} onPointerOver={point} onPointerLeave={leave} onKeyDown={onKeyDown} onFocus={(event) => { handlers.onFocus(event); point(event); }}>
        <LatencyColumns columns={columns} />
        <thead>
          <LatencyHead columns={columns} row={0} active={activeIn(0)} sort={sort} sorts={sorts} onSort={onSort} titles={titles} endsNow={endsNow} {...rest} />
          <LatencyReadout latency={endpoints[(pointed?.[0] ?? 0) - 1]} hour={hourOf(columns, pointed)} chosen={choosing ? chosen : null} columns={columns} renderHour={renderHour} hint={hint} {...rest} />
        </thead>
        <tbody>{rows}</tbody>
      </table>
    </div>
  );
};
