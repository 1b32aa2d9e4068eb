import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';

const overscan = 4;

const Windowed = ({ ref, rows, heights, draw }) => {
  const frame = useRef(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(frame.current.getBoundingClientRect().top + window.scrollY), [rows.length]);

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (at) => heights[rows[at].type],
    getItemKey: (at) => rows[at].key,
    measureElement: (element) => element.offsetHeight || heights[element.dataset.type],
    overscan,
    scrollMargin: top,
  });
  useImperativeHandle(ref, () => ({ scrollTo: (at) => virtualizer.scrollToIndex(at, { align: 'center' }) }), [virtualizer]);

  return (
    <div ref={frame} style={{ position: 'relative', height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((item) => (
        <div
          key={item.key}
          ref={virtualizer.measureElement}
          data-index={item.index}
          data-type={rows[item.index].type}
          style={{ position: 'absolute', top: 0, left: 0, width: '100%', transform: `translateY(${item.start - top}px)` }}
        >
          {draw(rows[item.index])}
        </div>
      ))}
    </div>
  );
};

/** Rows of the page; with `enabled` only those near the window are drawn. `heights`: estimate by row type, px.
    `ref.scrollTo(index)` brings a row into view. */
export const VirtualRows = ({ ref, rows, heights, enabled, draw }) =>
  enabled ? <Windowed ref={ref} rows={rows} heights={heights} draw={draw} /> : rows.map((row) => <div key={row.key}>{draw(row)}</div>);
