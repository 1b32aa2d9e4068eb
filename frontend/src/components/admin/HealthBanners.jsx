import { plural } from '../../lib/formatNumber.js';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './health.module.css';

const Stopped = ({ since }) => (
  <div className="note bad" role="alert">
    <StatusShape status="stale" />
    <span className="grow">
      <b className="strong">Checks have stopped:</b> {since ? <>no worker has answered since <Moment at={since} />.</> : 'no worker has answered yet.'} Status below is from before.
    </span>
  </div>
);

const BadConfig = ({ config }) => (
  <div className={`note warn ${styles.config}`} role="status">
    <StatusShape status="degraded" />
    <details className="grow">
      <summary>
        <b className="strong">{config.path} was not taken over: {plural(config.errors.length, 'mistake')}.</b>{' '}
        {config.loaded_at ? <>Belfry keeps what it read at <Moment at={config.loaded_at} />.</> : 'Nothing was read from it yet.'}
      </summary>
      <ul className="mono">{config.errors.map((error) => <li key={error}>{error}</li>)}</ul>
    </details>
  </div>
);

/** What is wrong with Belfry itself, above the board. */
export const HealthBanners = ({ board }) => {
  const badConfig = board.config?.errors.length > 0;
  if (board.checking && !badConfig) return null;
  return (
    <div className={styles.banners}>
      {!board.checking && <Stopped since={board.last_recorded_at} />}
      {badConfig && <BadConfig config={board.config} />}
    </div>
  );
};
