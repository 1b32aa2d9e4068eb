import { Skeleton } from '../../../components/Skeleton.jsx';
import styles from '../../../components/admin/health.module.css';

const cards = Array.from({ length: 8 }, (_, at) => at);

/** The board's true layout in grey. */
export const BoardSkeleton = () => (
  <Skeleton label="Loading services">
    <div className={styles.bar} style={{ height: 28 }} />
    <div className={styles.split}>
      <div className={styles.cards} style={{ gridTemplateColumns: '1fr 1fr', paddingTop: 24 }}>
        {cards.map((at) => <div key={at} className="skeleton" style={{ height: 108, borderRadius: 10 }} />)}
      </div>
      <div className="skeleton" style={{ height: 570, borderRadius: 10 }} />
    </div>
  </Skeleton>
);
