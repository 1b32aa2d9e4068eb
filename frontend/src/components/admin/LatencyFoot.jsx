import { dropWords } from '../../lib/dropWords.js';
import { plural } from '../../lib/formatNumber.js';
import { comparedWords, sortWords } from '../../lib/latencyWords.js';
import { FewKey, HeatKey, RatioKey } from '../charts/HeatKey.jsx';
import styles from './latency.module.css';

/** What was not counted: the number, and what and why when it is opened. */
const Drops = ({ summary, zone }) => (
  <details className={styles.drops}>
    <summary>{plural(summary.dropped_samples, 'sample')} dropped</summary>
    <ul>{summary.drops.map((drop) => <li key={drop.service + drop.reason}>{dropWords(drop, zone)}</li>)}</ul>
  </details>
);

/** Under a table of latencies: what its colours mean, and what was not counted as it came. `quantile`: what strips show. */
export const LatencyFoot = ({ summary, quantile, compare, zone }) => {
  const compares = compare !== 'none';
  const overflowed = summary.overflowed_endpoints;
  return (
    <footer className={styles.foot}>
      {compares && <RatioKey />}
      <HeatKey thresholds={summary.thresholds_ms} />
      <FewKey />
      <span className="desk">Strips show {sortWords[quantile]} by hour{compares ? ` against ${comparedWords[compare]}` : ''}</span>
      {overflowed > 0 && <span className="num">{plural(overflowed, 'route')} over the limit, counted together as other routes</span>}
      {summary.dropped_samples > 0 && <Drops summary={summary} zone={zone} />}
    </footer>
  );
};
