import { useState } from 'react';
import { formatTick } from '../../lib/formatNumber.js';
import { formatMoment } from '../../lib/formatTime.js';
import { hourClock } from '../../lib/hours.js';
import { pointWords, sortWords } from '../../lib/latencyWords.js';
import { endLabels, linePath, momentsBetween, spanBetween, timeTicks, trendKeys, trendScales, trendSentence } from '../../lib/trendShape.js';
import { useWidth } from '../../lib/useWidth.js';
import { TrendTable } from './TrendTable.jsx';
import styles from './charts.module.css';

const height = 164;
const plot = { top: 14, bottom: 140, left: 44, right: 36 };
const looks = { p99: { stroke: 'var(--bf-s1)', strokeWidth: 2 }, p95: { stroke: 'var(--bf-s3)', strokeWidth: 1.5, strokeDasharray: '9 3' }, p50: { stroke: 'var(--bf-s2)', strokeWidth: 1.5, strokeDasharray: '9 3 2 3' } };
const dotted = { stroke: 'var(--bf-s1)', strokeWidth: 1.5, strokeDasharray: '2 3', opacity: 0.75 };
const line = { fill: 'none', strokeLinejoin: 'round', strokeLinecap: 'round' };
const dayMs = 86_400_000;

const spansDays = ({ points, step_seconds: step }) => points.length * step * 1000 > dayMs;
const pointMoment = (trend, at, zone) => (spansDays(trend) ? formatMoment(at, zone, 0).replace(/ \d{4},/, ',') : hourClock(Date.parse(at), zone));

const Axes = ({ trend, scales, width, zone }) => {
  const words = (at) => pointMoment(trend, at, zone).split(',')[0];
  return (
    <>
      {scales.ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${scales.y(tick)})`}>
          <line x1={plot.left} x2={width - plot.right} className={styles.gridline} />
          <text x={plot.left - 6} y="4" textAnchor="end">{formatTick(tick)}</text>
        </g>
      ))}
      {timeTicks(trend.points.length, width - plot.left - plot.right).map((at) => (
        <text key={at} x={scales.x(at)} y={plot.bottom + 16} textAnchor="middle">{words(trend.points[at].at)}</text>
      ))}
    </>
  );
};

const Incidents = ({ points, incidents, scales, width }) =>
  momentsBetween(points, incidents).map(({ at, words, index }) => {
    const x = scales.x(index);
    const before = x > width / 2;
    return (
      <g key={at + words}>
        <line x1={x} x2={x} y1={plot.top - 8} y2={plot.bottom} className={styles.incident} />
        <text x={before ? x - 5 : x + 5} y={plot.top} textAnchor={before ? 'end' : 'start'} className={styles.incidentLabel}>{words}</text>
      </g>
    );
  });

/** What is looked at, as a band behind the lines. */
const Span = ({ trend, chosen, scales }) => {
  const span = chosen && spanBetween(trend, chosen);
  return span && <rect x={scales.x(span[0])} width={scales.x(span[1]) - scales.x(span[0])} y={plot.top - 8} height={plot.bottom - plot.top + 8} className={styles.span} />;
};

/**
 * P99, P95 and P50 of one endpoint over time on a log scale, each named at its end, with the compared P99 dotted.
 * `pointedAt` (ms) and `onPoint` share the moment pointed at with other charts; `incidents`: `{at, words}` to mark;
 * `chosen`: a stretch of time `[from, to]` (ms) that the rest of the page shows.
 */
export const LatencyTrendChart = ({ trend, zone, compared = '', pointedAt = null, onPoint = () => {}, incidents = [], chosen = null }) => {
  const { points } = trend;
  const [box, width] = useWidth(520);
  const [asTable, setAsTable] = useState(false);
  const [own, setOwn] = useState(null);
  const scales = trendScales(trend, { ...plot, right: width - plot.right });
  const shared = pointedAt === null ? -1 : points.findLastIndex((one) => Date.parse(one.at) <= pointedAt && pointedAt < Date.parse(one.at) + trend.step_seconds * 1000);
  const at = shared >= 0 ? shared : own;
  const last = points.length - 1;

  const point = (index) => {
    setOwn(index);
    onPoint(index === null ? null : Date.parse(points[index].at));
  };
  const onKeyDown = (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const to = by ? Math.min(Math.max((at ?? last) + by, 0), last) : { Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    point(to);
  };
  const readout = `${pointMoment(trend, points[at ?? last].at, zone)}: ${pointWords(points[at ?? last])}`;

  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <b className="strong">Trend</b>
        <span className="small dim">{trend.points.length} points, log scale</span>
        <span className="grow" />
        {trend.compared && <span className={styles.legend}><svg width="18" height="8" aria-hidden="true"><path d="M1 4h16" {...line} {...dotted} /></svg>P99 {compared}</span>}
        <button type="button" className="link small" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>as table</button>
      </figcaption>
      <div ref={box} className={styles.plot} role="slider" tabIndex={0} aria-label={trendSentence(trend)} aria-valuemin={0} aria-valuemax={last} aria-valuenow={at ?? last}
        aria-valuetext={readout} onKeyDown={onKeyDown} onPointerLeave={() => point(null)}
        onPointerMove={(event) => scales && point(scales.at(event.clientX - box.current.getBoundingClientRect().left))}>
        <svg width={width} height={height} aria-hidden="true" className={styles.svg}>
          {scales ? (
            <>
              <Span trend={trend} chosen={chosen} scales={scales} />
              <Axes trend={trend} scales={scales} width={width} zone={zone} />
              {trend.compared && <path data-line="compared" d={linePath(trend.compared, 'p99', scales)} {...line} {...dotted} />}
              {trendKeys.toReversed().map((key) => <path key={key} data-line={key} d={linePath(points, key, scales)} {...line} {...looks[key]} />)}
              <Incidents points={points} incidents={incidents} scales={scales} width={width} />
              {at !== null && <line x1={scales.x(at)} x2={scales.x(at)} y1={plot.top - 8} y2={plot.bottom} className={styles.cross} />}
              {endLabels(points, scales).map(({ key, x, y, labelY }) => (
                <g key={key}><circle cx={x} cy={y} r="2.5" fill={looks[key].stroke} /><text x={width - plot.right + 7} y={labelY + 4} className={styles.endLabel}>{sortWords[key]}</text></g>
              ))}
            </>
          ) : (
            <text x={width / 2} y={height / 2} textAnchor="middle">Insufficient data: no hour had enough requests</text>
          )}
        </svg>
      </div>
      <p className={styles.readout}>{readout}</p>
      {asTable && <TrendTable trend={trend} zone={zone} compared={compared} />}
    </figure>
  );
};
