import { useCallback, useEffect, useRef, useState } from 'react';
import { nextPlace } from './gridMoves.js';

/** What makes an element a cell of the grid: its place, and whether it is the tab stop (`active`: the column of the row
    that is). Without a row it is no grid. */
export const gridCell = (row, column, active) => (row == null ? {} : { 'data-cell': `${row}:${column}`, tabIndex: column === active ? 0 : -1 });

/** The place of the cell in which an event happened, or null. */
export const placeOf = (target) => target.closest('[data-cell]')?.dataset.cell.split(':').map(Number) ?? null;

/** One tab stop for a whole grid; arrows, Home, End, Page keys, j and k move. `onOpen(row)`: Enter, Space or `o` on a cell;
    `rows`, `columns`: when they change, the tab stop may have to move. */
export const useRovingGrid = (onOpen, rows, columns) => {
  const grid = useRef(null);
  const [place, setPlace] = useState([1, 0]);

  useEffect(() => {
    const lost = !grid.current.querySelector('[data-cell][tabindex="0"]');
    const first = lost && grid.current.querySelector('tbody [data-cell]');
    if (first) setPlace(placeOf(first)); // the cell is gone: its row left, or its column
  }, [rows, columns]);

  const onFocus = useCallback((event) => {
    const to = placeOf(event.target);
    if (to) setPlace(to);
  }, []);

  const onKeyDown = (event) => {
    const from = event.target.dataset.cell && placeOf(event.target);
    if (!from || event.altKey || event.metaKey) return;
    const cells = [...grid.current.querySelectorAll('[data-cell]')];
    const to = nextPlace(cells.map(placeOf), from, event);
    const opens = event.key === 'o' || (['Enter', ' '].includes(event.key) && event.target.tagName !== 'BUTTON');
    if (to) cells.find((cell) => cell.dataset.cell === to.join(':')).focus();
    else if (opens && from[0] > 0) onOpen(from[0]);
    else return;
    event.preventDefault();
  };

  /** The column of the tab stop when it is in this row, else -1. */
  const activeIn = (row) => (row === place[0] ? place[1] : -1);
  return { grid, activeIn, handlers: { onFocus, onKeyDown } };
};
