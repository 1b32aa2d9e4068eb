import { rampStep } from '../../lib/latencyBands.js';
import { insufficientWords } from '../../lib/latencyWords.js';
import { formatLatency, missing } from '../../lib/formatNumber.js';
import styles from './heat.module.css';

/** A duration on its shade of the ramp. */
export const HeatCell = ({ ms, thresholds }) => {
  const step = rampStep(ms, thresholds);
  if (!step) return <span className={`${styles.cell} dim`} title="no data">{missing}</span>;
  return <span className={`${styles.cell} ${styles[`h${step}`]}`} data-step={step}>{formatLatency(ms)}</span>;
};

/** In the place of quantiles that too few requests do not allow. */
export const FewCell = ({ count }) => (
  <span className={`${styles.cell} ${styles.few} ${styles.fewCell}`} data-step="few">
    <span className={styles.fewWords}>{insufficientWords(count)}</span>
  </span>
);
