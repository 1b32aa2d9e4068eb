import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';

const rowHeight = 33;
const virtualOver = 200;

const Spacer = ({ height, span }) => height > 0 && <tr aria-hidden="true"><td colSpan={span} style={{ height, padding: 0, border: 0 }} /></tr>;

/** Table rows near the window only; the rest is space. */
const WindowedBody = ({ rows, span, cells }) => {
  const body = useRef(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(body.current.getBoundingClientRect().top + window.scrollY), []);
  const virtualizer = useWindowVirtualizer({ count: rows.length, estimateSize: () => rowHeight, overscan: 12, scrollMargin: top });
  const items = virtualizer.getVirtualItems();
  const before = items.length ? items[0].start - top : 0;
  const after = items.length ? virtualizer.getTotalSize() - (items.at(-1).end - top) : 0;
  return (
    <tbody ref={body}>
      <Spacer height={before} span={span} />
      {items.map(({ index }) => <tr key={rows[index].id} aria-rowindex={index + 2}>{cells(rows[index])}</tr>)}
      <Spacer height={after} span={span} />
    </tbody>
  );
};

/** A table of any length. `head`: its heading row; `cells(row)`: the cells of one; rows have an `id`. */
export const VirtualTable = ({ label, head, rows, span, cells }) => (
  <table className="table" aria-label={label} aria-rowcount={rows.length + 1}>
    <thead>{head}</thead>
    {rows.length > virtualOver ? (
      <WindowedBody rows={rows} span={span} cells={cells} />
    ) : (
      <tbody>{rows.map((row) => <tr key={row.id}>{cells(row)}</tr>)}</tbody>
    )}
  </table>
);
