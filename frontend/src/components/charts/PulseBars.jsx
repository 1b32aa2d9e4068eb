import { plural } from '../../lib/formatNumber.js';
import styles from './bars.module.css';

const shown = 30;
const looks = { pass: '', warn: styles.degraded, fail: styles.down, error: styles.no_data };

const sentence = (name, recent) => {
  const bad = recent.filter((result) => result === 'fail').length;
  const slow = recent.filter((result) => result === 'warn').length;
  const parts = [`${recent.length - bad - slow} passed`, slow && `${slow} with a warning`, bad && `${bad} failed`];
  return `Last ${plural(recent.length, 'check')} of ${name}: ${parts.filter(Boolean).join(', ')}`;
};

/** The last 30 results of a service, oldest first. `muted`: it is in maintenance, so none of them counts. */
export const PulseBars = ({ name, recent, muted = false }) => {
  const latest = recent.slice(-shown);
  const cells = [...Array(shown - latest.length).fill('error'), ...latest];
  return (
    <div role="img" aria-label={sentence(name, latest)} className={`${styles.bars} ${styles.pulse}`}>
      {cells.map((result, at) => (
        <i key={at} data-result={result} className={`${styles.bar} ${muted ? styles.maintenance : looks[result]}`} />
      ))}
    </div>
  );
};
