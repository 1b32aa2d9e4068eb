import { ratioStep, rampStep } from '../../lib/latencyBands.js';
import { enoughInHour } from '../../lib/latencyWords.js';
import styles from './heat.module.css';

/** The look of one hour: by its duration, or against the compared one when there is a comparison. */
const lookOf = (latency, at, thresholds, compared) => {
  if (!latency.count_by_hour[at]) return 'none';
  if (!enoughInHour(latency.count_by_hour[at])) return 'few';
  const step = compared ? ratioStep(latency.p99_by_hour[at], compared[at]) : rampStep(latency.p99_by_hour[at], thresholds);
  if (step === null) return 'few';
  return `${compared ? 'r' : 'h'}${step}`;
};

/** P99 by hour, 24 cells, oldest first. `cell(at)`: what makes an hour a cell of the grid around (props); `picked`: the
    hour that another chart points at; `compared`: P99 of the same hours earlier, to be told against. */
export const HourStrip = ({ latency, thresholds, compared, picked, cell }) => (
  <div role="presentation" className={styles.strip}>
    {latency.p99_by_hour.map((_, at) => {
      const look = lookOf(latency, at, thresholds, compared);
      return <i key={at} data-look={look} className={`${styles.hour} ${styles[look]} ${picked === at ? styles.picked : ''}`} {...cell(at)} />;
    })}
  </div>
);
