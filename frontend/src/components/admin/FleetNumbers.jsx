import { endpointName, isEnough } from '../../lib/latencyWords.js';
import { band } from '../../lib/latencyBands.js';
import { formatCount, formatErrors, formatLatency } from '../../lib/formatNumber.js';
import styles from './latencyBar.module.css';

const rate = (count, seconds) => (count / seconds >= 10 ? formatCount(Math.round(count / seconds)) : (count / seconds).toFixed(1));

const errorsPct = (endpoints) => {
  const count = endpoints.reduce((sum, one) => sum + one.count, 0);
  return count ? endpoints.reduce((sum, one) => sum + one.count * one.error_rate_pct, 0) / count : 0;
};

const Number = ({ name, children, beside }) => (
  <div>
    <dt>{name}</dt>
    <dd title={beside}>{children}{beside && <span>{beside}</span>}</dd>
  </div>
);

/** The numbers of the whole fleet in a window of `seconds`; those of quantiles are of its busiest endpoints. */
export const FleetNumbers = ({ summary, seconds }) => {
  const { endpoints, thresholds_ms: thresholds } = summary;
  const judged = endpoints.filter(isEnough);
  const inBand = (wanted) => judged.filter(({ p99 }) => band(p99, thresholds) === wanted).length;
  const slowest = judged.toSorted((a, b) => b.p99 - a.p99)[0];
  const of = `of the top ${endpoints.length}`;
  return (
    <dl className={`card ${styles.fleet}`}>
      <Number name="Slowest P99" beside={slowest && endpointName(slowest)}>{formatLatency(slowest?.p99)}</Number>
      <Number name={`P99 over ${thresholds[1]} ms`} beside={of}>{inBand(3)}</Number>
      <Number name={`P99 ${thresholds[0]} to ${thresholds[1]} ms`} beside={of}>{inBand(2)}</Number>
      <Number name="Requests" beside={`${rate(summary.total_count, seconds)}/s`}>{formatCount(summary.total_count)}</Number>
      <Number name="Errors" beside={`top ${endpoints.length}`}>{formatErrors(errorsPct(endpoints))}</Number>
      <Number name="Endpoints">{formatCount(summary.total_endpoints)}</Number>
    </dl>
  );
};
