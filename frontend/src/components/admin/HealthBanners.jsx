import { BadConfig } from '../BadConfig.jsx';
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

/** What is wrong with Belfry itself, above the board. */
export const HealthBanners = ({ board }) => {
  const badConfig = board.config?.errors.length > 0;
  if (board.checking && !badConfig) return null;
  return (
    <div className={styles.banners}>
      {!board.checking && <Stopped since={board.last_recorded_at} />}
      <BadConfig config={board.config} />
    </div>
  );
};
