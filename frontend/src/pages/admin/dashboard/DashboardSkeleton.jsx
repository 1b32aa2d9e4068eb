import { Skeleton } from '../../../components/Skeleton.jsx';
import styles from './HealthStrip.module.css';

const cells = Array.from({ length: 12 }, (_, index) => index);

/** The verdict and the services in grey, at their true heights. */
export const DashboardSkeleton = ({ loading, then }) => (
  <Skeleton label="Loading the services" loading={loading} then={then}>
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
    </div>
  </Skeleton>
);
