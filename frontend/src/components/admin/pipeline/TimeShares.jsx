import { formatSelfTime, formatShare } from '../../../lib/formatNumber.js';
import { timeShares } from '../../../lib/timeShares.js';
import styles from './side.module.css';

/** Where the time of requests goes: a bar for the handler and the slowest steps. */
export const TimeShares = ({ pipeline, onAll }) => {
  const shares = timeShares(pipeline);
  const most = Math.max(...shares.map(({ ms }) => ms));
  return (
    <section className="card" aria-labelledby="time-shares">
      <header>
        <h2 id="time-shares">Where the time goes</h2>
        <span className="grow small dim">last 5 min</span>
        <button type="button" className="link small" onClick={onAll}>All numbers</button>
      </header>
      {shares.length === 0 && <p className={`mid ${styles.empty}`}>No request in the last 5 min.</p>}
      <ul className={styles.shares}>
        {shares.map(({ name, ms, pct, mono }) => (
          <li key={name}>
            <span className={`trunc ${mono ? 'mono' : ''}`} title={name}>{name}</span>
            <span className={styles.bar} aria-hidden="true"><i className={name === 'Handler' ? styles.handler : ''} style={{ width: `${(ms / most) * 100}%` }} /></span>
            <span className="num">{formatSelfTime(ms)}</span>
            <span className="num dim">{formatShare(pct)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
};
