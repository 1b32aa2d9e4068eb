import { useState } from 'react';
import { bucketBand, histogramScales, histogramSentence, rangeWords, stepPath } from '../../lib/histogramShape.js';
import { formatTick } from '../../lib/formatNumber.js';
import { useWidth } from '../../lib/useWidth.js';
import { HistogramTable } from './HistogramTable.jsx';
import { QuantileMarks } from './QuantileMarks.jsx';
import styles from './charts.module.css';

const height = 164;
const plot = { top: 26, bottom: 140, left: 8, right: 8 };

/** Which buckets a key picks, from the picked ones `[from, to]`; Shift makes them more. */
const picks = ({ key, shiftKey }, [from, to], last) => {
  const clamp = (at) => Math.min(Math.max(at, 0), last);
  const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[key];
  const target = by ? clamp(to + by) : { Home: 0, End: last }[key];
  if (target === undefined) return null;
  return [shiftKey ? from : target, target];
};

const Bars = ({ buckets, scales, picked, thresholds }) => {
  const [first, last] = picked ? picked.toSorted((a, b) => a - b) : [0, buckets.length - 1];
  return buckets.map((bucket, at) => {
    const { x, width, y } = scales.bar(at);
    const colour = bucketBand(bucket, thresholds);
    return <rect key={bucket.lower_ms} data-band={colour} className={styles.bar} x={x} width={width} y={y} height={plot.bottom - y} rx="1"
      fill={`var(--bf-band-${colour})`} opacity={at < first || at > last ? 0.35 : 1} />;
  });
};

const Axis = ({ scales, width }) => (
  <>
    <line x1={plot.left} x2={width - plot.right} y1={plot.bottom} y2={plot.bottom} className={styles.axis} />
    {scales.ticks.map((tick) => (
      <g key={tick} transform={`translate(${scales.x(tick)} ${plot.bottom})`}>
        <line y2="4" className={styles.axis} />
        <text y="16" textAnchor="middle">{formatTick(tick)}</text>
      </g>
    ))}
  </>
);

/** The bars, as a slider: dragging over them, or Shift with arrows, picks a range of them. */
const Plot = ({ histogram, thresholds, picked, onPick, readout }) => {
  const { buckets, compared, latency } = histogram;
  const [box, width] = useWidth(520);
  const [from, setFrom] = useState(null);
  const scales = histogramScales(histogram, { ...plot, right: width - plot.right });
  const last = buckets.length - 1;
  const under = (event) => scales.at(event.clientX - box.current.getBoundingClientRect().left);

  const onKeyDown = (event) => {
    if (event.key === 'Escape' && picked) event.stopPropagation();
    const next = event.key === 'Escape' ? null : picks(event, picked ?? [scales.peak, scales.peak], last);
    if (!next && event.key !== 'Escape') return;
    event.preventDefault();
    onPick(next);
  };
  const start = (event) => {
    event.currentTarget.setPointerCapture?.(event.pointerId);
    setFrom(under(event));
    onPick([under(event), under(event)]);
  };

  return (
    <div ref={box} className={styles.plot} role="slider" tabIndex={0} aria-label={histogramSentence(histogram)} aria-valuemin={0} aria-valuemax={last}
      aria-valuenow={picked?.[1] ?? scales.peak} aria-valuetext={readout} onKeyDown={onKeyDown} onPointerDown={start}
      onPointerMove={(event) => from !== null && onPick([from, under(event)])} onPointerUp={() => setFrom(null)} onPointerCancel={() => setFrom(null)}>
      <svg width={width} height={height} aria-hidden="true" className={styles.svg}>
        <Bars buckets={buckets} scales={scales} picked={picked} thresholds={thresholds} />
        {compared && <path d={stepPath(compared, scales)} className={styles.outline} />}
        <Axis scales={scales} width={width} />
        <QuantileMarks latency={latency} x={scales.x} top={12} bottom={plot.bottom} end={width - plot.right} />
      </svg>
    </div>
  );
};

/**
 * How long the requests of one endpoint took: bars on a log scale, coloured by band, with P50, P95 and P99 marked and
 * the compared window as an outline. `of`: the window in words. A picked range of bars is counted in words.
 */
export const LatencyHistogram = ({ histogram, thresholds, of = '', compared = '' }) => {
  const { buckets, latency } = histogram;
  const [picked, setPicked] = useState(null);
  const [asTable, setAsTable] = useState(false);
  const readout = rangeWords(buckets, picked, latency.count);
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <b className="strong">Response times</b>
        <span className="small dim">{of}</span>
        <span className="grow" />
        {histogram.compared && <span className={styles.legend}><svg width="16" height="8" aria-hidden="true"><path d="M0 6h5V2h6v4h5" className={styles.outline} /></svg>{compared}</span>}
        {buckets.length > 0 && <button type="button" className="link small" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>as table</button>}
      </figcaption>
      {buckets.length > 0 ? <Plot histogram={histogram} thresholds={thresholds} picked={picked} onPick={setPicked} readout={readout} /> : <p className={styles.nothing}>No request in this time</p>}
      <p className={styles.readout}>{readout}</p>
      {asTable && <HistogramTable histogram={histogram} compared={compared} />}
    </figure>
  );
};
