import { changeLook } from '../../lib/latencyBands.js';
import { changeWords, comparedWords } from '../../lib/latencyWords.js';
import { formatCount, formatErrors, formatLatency } from '../../lib/formatNumber.js';
import styles from './latencyBar.module.css';

const rate = (count, seconds) => (count / seconds >= 10 ? formatCount(Math.round(count / seconds)) : (count / seconds).toFixed(1));

const pctChange = (now, before) => (now != null && before ? 100 * (now / before - 1) : null);

/** More of them is neither better nor worse. */
const quiet = () => 'dim';
const errorLook = (points) => (points >= 0.1 ? 't-down strong' : points <= -0.1 ? 't-healthy strong' : 'dim');
const pointWords = (points) => `${points > 0 ? '+' : points < 0 ? '−' : ''}${Math.abs(points).toFixed(2)}`;

const Change = ({ pct, look = changeLook, against }) =>
  pct !== null && <span className={look(pct)} title={`against ${against}`}>{changeWords(pct)}</span>;

const Fact = ({ name, children, beside }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}{beside}</dd>
  </div>
);

/** The numbers of a window of `seconds`, with their change: quantiles and errors are those of all requests of the listed
    endpoints (`listed` says which) taken together, never averages. */
export const FleetNumbers = ({ summary, seconds, listed }) => {
  const { together: now, compared_together: before, compare } = summary;
  const against = comparedWords[compare];
  const errors = before?.count ? now.error_rate_pct - before.error_rate_pct : null;
  const limit = summary.thresholds_ms[1];
  const slow = summary.endpoints.filter(({ p99 }) => p99 > limit).length;
  const of = now.count < summary.total_count ? <>, {listed}</> : null;
  return (
    <dl className={`card ${styles.fleet}`}>
      {['p50', 'p95', 'p99'].map((key) => (
        <Fact key={key} name={<>{key.toUpperCase()}{of}</>} beside={<Change pct={pctChange(now[key], before?.[key])} against={against} />}>{formatLatency(now[key])}</Fact>
      ))}
      <Fact name="Requests" beside={<Change pct={pctChange(now.count, before?.count)} look={quiet} against={against} />}>{rate(summary.total_count, seconds)}/s</Fact>
      <Fact name={<>Errors{of}</>} beside={errors !== null && <span className={errorLook(errors)} title={`percentage points against ${against}`}>{pointWords(errors)}</span>}>{formatErrors(now.error_rate_pct)}</Fact>
      <Fact name="Endpoints" beside={slow > 0 && <span className="t-down" title="by their P99, of those listed">{slow} over {limit} ms</span>}>{formatCount(summary.total_endpoints)}</Fact>
    </dl>
  );
};
