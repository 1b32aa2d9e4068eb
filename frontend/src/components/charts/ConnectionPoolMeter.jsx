import { formatCount } from '../../lib/formatNumber.js';
import { formatFilled, poolOf, poolSentence } from '../../lib/poolWords.js';
import { StatusShape } from '../StatusShape.jsx';
import styles from './meter.module.css';

const Level = ({ level, words }) =>
  level !== 'ok' && (
    <span className={`${styles.level} t-${level}`}><StatusShape status={level} size={12} />{words}</span>
  );

/** Connections that are open of those that may be: with the percentage, a tick from where an alert is due, and words from
    80 % on. `label`: whose they are; `small`: one of several. */
export const ConnectionPoolMeter = ({ active, max, alertPct = 80, label, small = false }) => {
  const pool = poolOf({ active, max, alertPct });
  const of = max ? `of ${formatCount(max)}` : '';
  return (
    <div className={styles.pool}>
      <p className={`${styles.words} ${small ? 'small' : ''}`}>
        {small && <b className="mono strong">{label}</b>}
        <span className={small ? 'num mid' : 'num'}>
          <b className={small ? '' : styles.big}>{formatCount(active)}</b> <span className="mid">{of}{small ? '' : ' connections'}{max ? '' : ', no limit'}</span>
        </span>
        <span className="grow" />
        <Level {...pool} />
        {pool.pct !== null && <b className={`num strong ${pool.level === 'ok' ? '' : `t-${pool.level}`}`}>{formatFilled(pool.pct)}</b>}
      </p>
      {pool.pct !== null && (
        <div role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={max} aria-valuenow={Math.min(active, max)} aria-valuetext={poolSentence(active, max, pool)}
          data-level={pool.level} className={`${styles.meter} ${styles[pool.level]}`}>
          <i style={{ width: `${Math.min(pool.pct, 100)}%` }} />
          {!small && <b style={{ left: `${alertPct}%` }} title={`Alert from ${alertPct} %`} />}
        </div>
      )}
    </div>
  );
};
