import { useMemo, useState } from 'react';
import { formatClock } from '../../lib/formatTime.js';
import { formatMetric } from '../../lib/metricValue.js';
import { previewAt, previewScales } from '../../lib/previewShape.js';
import { useWidth } from '../../lib/useWidth.js';
import { PreviewHandles, PreviewLines } from './PreviewLines.jsx';
import { PreviewPlot } from './PreviewPlot.jsx';
import { PreviewTable } from './PreviewTable.jsx';
import styles from './preview.module.css';

const height = 226;
const stepMs = 600_000;
const keys = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 6, PageDown: -6 };
const leftOf = (levels) => (Object.keys(levels).length ? 62 : 40);

const wordsAt = (preview, operator, at, zone, levels) => {
  const { worst, state } = previewAt(preview, at, operator);
  const value = worst ? `${worst.title} ${formatMetric(worst.value, preview.unit, levels)}` : 'no data';
  return `${formatClock(at, zone).slice(0, 5)}: ${value}${state ? `, would be ${state}` : ''}`;
};

const sentence = ({ series, fired, metric }, hours) => `${metric} over ${hours} hours${series.length ? `, ${series.length} series` : ''}, with the rule's lines. ${fired} ${fired === 1 ? 'firing' : 'firings'}`;

/**
 * What a rule would have done: the metric over the hours, its lines, and bands where it would have been pending and firing.
 * `lines`: {threshold, recovery_threshold, critical_threshold} as they are edited; `onLine(name, value)` where they may be
 * moved. Pointing or the arrow keys read a moment; the same as a table.
 */
export const PreviewChart = ({ preview, lines, operator, levels, zone, onLine }) => {
  const [box, width] = useWidth(426);
  const [pointed, setPointed] = useState(null);
  const [asTable, setAsTable] = useState(false);
  const [held, setHeld] = useState(null);
  const plot = useMemo(() => ({ top: 8, bottom: 196, left: leftOf(levels), right: width - 4 }), [levels, width]);
  const fitted = useMemo(() => previewScales(preview, levels, plot), [preview, levels, plot]);
  const scales = held ?? fitted;
  const [from, to] = [Date.parse(preview.from_at), Date.parse(preview.to_at)];
  const hours = Math.round((to - from) / 3_600_000);
  const at = pointed ?? to - 1;
  const readout = wordsAt(preview, operator, at, zone, levels);

  const onKeyDown = (event) => {
    const by = keys[event.key];
    const next = by ? Math.min(to - 1, Math.max(from, at + by * stepMs)) : { Home: from, End: to - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setPointed(next);
  };
  return (
    <figure>
      <div className={styles.chart}>
        <div ref={box} className={styles.plot} role="slider" tabIndex={0} aria-label={sentence(preview, hours)} aria-valuemin={0} aria-valuemax={to - from} aria-valuenow={at - from} aria-valuetext={readout}
          onKeyDown={onKeyDown} onBlur={() => setPointed(null)} onPointerLeave={() => setPointed(null)} onPointerMove={(event) => setPointed(scales.momentAt(event.clientX - box.current.getBoundingClientRect().left))}>
          <svg width={width} height={height} aria-hidden="true" className={styles.svg}>
            <PreviewPlot preview={preview} operator={operator} levels={levels} scales={scales} plot={plot} zone={zone} />
            <PreviewLines lines={lines} operator={operator} unit={preview.unit} levels={levels} scales={scales} plot={plot} />
            {pointed !== null && <line x1={scales.x(pointed)} x2={scales.x(pointed)} y1={plot.top} y2={plot.bottom} className={styles.cross} />}
          </svg>
        </div>
        {onLine && <PreviewHandles lines={lines} unit={preview.unit} levels={levels} scales={scales} onLine={onLine} onHold={(holds) => setHeld(holds ? scales : null)} />}
      </div>
      <div className={styles.legend}>
        <span><i className={styles.pendingKey} />pending</span>
        <span><i className={styles.firingKey} />firing</span>
        {preview.insufficient.length > 0 && <span><i className={styles.hatchKey} />insufficient data</span>}
        <button type="button" className="link small tall" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>as table</button>
        <span className="grow" />
        {preview.unit && <span>Y axis in {preview.unit}</span>}
      </div>
      <p className={styles.readout}>{pointed === null ? `Now: ${readout.slice(7)}` : readout}</p>
      {asTable && <PreviewTable preview={preview} operator={operator} levels={levels} zone={zone} />}
    </figure>
  );
};
