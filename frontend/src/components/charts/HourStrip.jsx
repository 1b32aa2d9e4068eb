import { comparedPoint, hourPoint } from '../../lib/hourPoint.js';
import { ratioStep, rampStep } from '../../lib/latencyBands.js';
import { enoughInHour } from '../../lib/latencyWords.js';
import styles from './heat.module.css';

/** The look of one hour: by its duration, or against the compared one when there is a comparison. */
const lookOf = (latency, at, { quantile, thresholds, compares }) => {
  const point = hourPoint(latency, at);
  if (!point.count) return 'none';
  if (!enoughInHour(point.count)) return 'few';
  const step = compares ? ratioStep(point[quantile], comparedPoint(latency, quantile, at)) : rampStep(point[quantile], thresholds);
  if (step === null) return 'few';
  return `${compares ? 'r' : 'h'}${step}`;
};

/** A quantile by hour, 24 cells, oldest first; in a comparison (`compares`) against the same hours earlier. `cell(at)`: what
    makes an hour a cell of the grid around (props); `picked`: the hour that another chart points at. Hours can be chosen
    in it by `useHourBrush`. */
export const HourStrip = ({ latency, quantile = 'p99', thresholds, compares = false, picked, cell }) => (
  <div role="presentation" className={styles.strip} data-strip>
    {latency.count_by_hour.map((_, at) => {
      const look = lookOf(latency, at, { quantile, thresholds, compares });
      return <i key={at} data-look={look} className={`${styles.hour} ${styles[look]} ${picked === at ? styles.picked : ''}`} {...cell?.(at)} />;
    })}
  </div>
);
