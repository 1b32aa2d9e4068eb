import { Skeleton } from '../../../components/Skeleton.jsx';
import styles from './HealthStrip.module.css';

const cells = Array.from({ length: 12 }, (_, index) => index);

/** The dashboard in grey, at its true heights. */
export const DashboardSkeleton = ({ loading, then }) => (
  <Skeleton label="Loading the dashboard" loading={loading} then={then}>
    <div className="stack">
      <div className="card" style={{ height: 74 }} />
      <div className="card">
        <header><div className="skeleton" style={{ width: 160, height: 14 }} /></header>
        <div className={styles.strip}>
          {cells.map((index) => (
            <div key={index} className={styles.cell}>
              <span className="grow"><span className="skeleton" style={{ width: '60%', height: 12, margin: '3px 0 8px' }} /><span className="skeleton" style={{ width: '40%', height: 10, margin: '3px 0' }} /></span>
            </div>
          ))}
        </div>
      </div>
      <div className="card" style={{ height: 240 }} />
    </div>
  </Skeleton>
);
