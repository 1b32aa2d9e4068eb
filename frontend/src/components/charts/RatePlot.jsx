import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatAxisCount } from '../../lib/formatNumber.js';
import { countScale } from '../../lib/scales.js';

const height = 92;
const ticks = 2;
const hidden = -10;

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--bf-${name}`).trim();

const options = (width, domain, onIndex) => ({
  width,
  height,
  pxAlign: true,
  legend: { show: false },
  padding: [6, 2, 4, 0],
  cursor: { y: false, drag: { x: false, y: false }, points: { size: 5 }, bind: { dblclick: () => null } },
  scales: { x: { time: false, range: () => domain.current }, y: { range: (_, low, high) => [0, countScale(high ?? 0, ticks).at(-1)] } },
  axes: [
    { show: false },
    {
      size: 34,
      gap: 6,
      font: `11px ${token('font')}`,
      stroke: token('text-3'),
      grid: { stroke: token('grid'), width: 1 },
      ticks: { show: false },
      splits: (_, axis, low, high) => countScale(high, ticks),
      values: (_, splits) => splits.map(formatAxisCount),
    },
  ],
  series: [
    {},
    { stroke: token('s1'), width: 1.5, fill: `${token('s1')}14`, points: { show: false } },
    { stroke: token('s2'), width: 1.5, dash: [4, 2], points: { show: false } },
  ],
  hooks: { setCursor: [({ cursor: { idx, left } }) => onIndex(left < 0 ? -1 : idx)] },
});

/** Two lines over time on a canvas: `columns` are seconds, sent and received; `domain`: seconds from and to; `width` in px;
    `onIndex(index)`: the pointer is at this point; `index`: the one that is marked. -1: none. */
export const RatePlot = ({ columns, domain, width, index, onIndex }) => {
  const scheme = useComputedColorScheme('light');
  const box = useRef(null);
  const plot = useRef(null);
  const span = useRef(domain);
  const tell = useRef(onIndex);

  useEffect(() => {
    tell.current = onIndex;
  });
  useEffect(() => {
    plot.current = new UPlot(options(box.current.clientWidth || 300, span, (at) => tell.current(at)), [[], [], []], box.current);
    return () => plot.current.destroy();
  }, [scheme]);
  useEffect(() => plot.current.setSize({ width, height }), [width, scheme]);
  useEffect(() => {
    span.current = domain;
    plot.current.setData(columns);
  }, [columns, domain, scheme]);
  useEffect(() => {
    const left = index < 0 ? hidden : plot.current.valToPos(columns[0][index], 'x');
    if (Math.abs(plot.current.cursor.left - left) > 1) plot.current.setCursor({ left, top: index < 0 ? hidden : 0 }, false);
  }, [index, columns, domain]);

  return <div ref={box} style={{ height }} aria-hidden="true" />;
};
