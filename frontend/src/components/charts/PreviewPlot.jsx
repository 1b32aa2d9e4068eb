import { memo, useId } from 'react';
import { formatAxisCount } from '../../lib/formatNumber.js';
import { formatClock } from '../../lib/formatTime.js';
import { hourTicks, previewBands, previewPath, thinned } from '../../lib/previewShape.js';
import styles from './preview.module.css';

const hourMs = 3_600_000;
const colours = { pending: 'var(--bf-degraded)', firing: 'var(--bf-down)' };
const thin = { fill: 'none', strokeLinejoin: 'round', strokeLinecap: 'round' };
const tickWord = (tick, levels) => Object.keys(levels).find((word) => levels[word] === tick) ?? `${tick < 0 ? '−' : ''}${formatAxisCount(Math.abs(tick))}`;

const Axes = ({ preview, levels, scales, plot, zone }) => {
  const [from, to] = [Date.parse(preview.from_at), Date.parse(preview.to_at)];
  const every = plot.right - plot.left < 300 || to - from > 30 * hourMs ? 8 * hourMs : to - from > 12 * hourMs ? 6 * hourMs : hourMs;
  return (
    <>
      {scales.ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${scales.y(tick).toFixed(1)})`}>
          <line x1={plot.left} x2={plot.right} className={styles.gridline} />
          <text x={plot.left - 6} y="4" textAnchor="end">{tickWord(tick, levels)}</text>
        </g>
      ))}
      {hourTicks(from, to, zone, every).filter((at) => scales.x(at) > plot.left + 14 && scales.x(at) < plot.right - 14).map((at) => (
        <text key={at} x={scales.x(at)} y={plot.bottom + 22} textAnchor="middle">{formatClock(at, zone).slice(0, 5)}</text>
      ))}
    </>
  );
};

const Bands = ({ preview, scales, plot }) =>
  previewBands(preview).map(({ state, from, to }) => {
    const x = scales.x(from);
    const width = Math.max(2, scales.x(to) - x);
    return (
      <g key={state + from} data-band={state}>
        <rect x={x} width={width} y={plot.top} height={plot.bottom - plot.top} fill={colours[state]} opacity={state === 'firing' ? 0.16 : 0.26} />
        <rect x={x} width={Math.max(3, width)} y={plot.bottom + 2} height="5" rx="1" fill={colours[state]} />
      </g>
    );
  });

const Insufficient = ({ preview, scales, plot }) => {
  const id = useId();
  if (!preview.insufficient.length) return null;
  return (
    <>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" x2="0" y1="0" y2="6" stroke="var(--bf-border-2)" strokeWidth="2" /></pattern>
      {preview.insufficient.map(({ from_at: from, to_at: to, title }) => {
        const x = scales.x(Date.parse(from));
        return <rect key={title + from} data-band="insufficient" x={x} width={Math.max(1, scales.x(Date.parse(to ?? preview.to_at)) - x)} y={plot.top} height={plot.bottom - plot.top} fill={`url(#${id})`} opacity=".45" />;
      })}
    </>
  );
};

/** The picture of a preview: bands, lines of its series (the worst one in front), axes. Lines of the rule stand over it. */
export const PreviewPlot = memo(({ preview, operator, levels, scales, plot, zone }) => (
  <>
    <Axes preview={preview} levels={levels} scales={scales} plot={plot} zone={zone} />
    <Insufficient preview={preview} scales={scales} plot={plot} />
    <Bands preview={preview} scales={scales} plot={plot} />
    {preview.series.toReversed().map(({ title, values }, at) => {
      const first = at === preview.series.length - 1;
      return <path key={title + at} d={previewPath(thinned(values, operator), preview, scales)} {...thin} stroke={first ? 'var(--bf-s1)' : 'var(--bf-s5)'} strokeWidth={first ? 1.4 : 1} opacity={first ? 1 : 0.45} />;
    })}
  </>
));
