import { csv } from '../../lib/csv.js';
import { plural } from '../../lib/formatNumber.js';
import { FewKey, HeatKey, RatioKey } from '../charts/HeatKey.jsx';
import { CopyButton } from '../CopyButton.jsx';
import styles from './latency.module.css';

const columns = ['service', 'method', 'path', 'p50', 'p95', 'p99', 'count', 'error_rate_pct', 'max_ms', 'error_bound_pct', 'change_pct'];

/** What was not counted as it came, in words. */
const notesOf = ({ overflowed_endpoints: overflowed, dropped_samples: dropped }) => [
  dropped > 0 && `${plural(dropped, 'sample')} dropped: too old, too far ahead, or no duration`,
  overflowed > 0 && `${plural(overflowed, 'route')} over the limit, counted together as other routes`,
].filter(Boolean);

/** Under a table of latencies: what its colours mean, what was dropped, and the table to copy. */
export const LatencyFoot = ({ summary, endpoints, compared, isCompared }) => (
  <footer className={styles.foot}>
    {isCompared && <RatioKey />}
    <HeatKey thresholds={summary.thresholds_ms} />
    <FewKey />
    <span className="desk">{isCompared ? `Strips show P99 by hour against ${compared}` : 'Strips show P99 by hour'}</span>
    <CopyButton text={csv(columns, endpoints)} variant="subtle">Copy as CSV</CopyButton>
    <span className="grow" />
    <span className={`num ${styles.notes}`}>{notesOf(summary).map((note) => <span key={note}>{note}</span>)}</span>
  </footer>
);
