import { hourClock } from '../../lib/hours.js';
import styles from './heat.module.css';

/** The clock over strips of 24 hours (`hours`: ms): every third one has its time. `endsNow`: the last one is running.
    A press or a drag on it chooses hours, by `useHourBrush`. */
export const HourAxis = ({ hours, zone, endsNow }) => (
  <span className={`${styles.axis} num`} data-strip data-pick>
    {hours.map((at, index) => <span key={at}>{index % 3 === 0 && (index < hours.length - 3 || !endsNow) ? hourClock(at, zone).slice(0, 2) : ''}</span>)}
    {endsNow && <span className={styles.now}>now</span>}
    <span className={styles.chosen} />
  </span>
);
