import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';
import styles from './middleware.module.css';

/** The page's true layout in grey. */
export const PipelineSkeleton = () => (
  <Skeleton label="Loading the pipeline">
    <div className="card" style={{ height: 236, marginBottom: 12 }} />
    <div className={styles.columns}>
      <div className="card"><div style={{ height: 72 }} /><SkeletonRows rows={18} height={31} /></div>
      <div className={styles.side}><div className="card" style={{ height: 225 }} /><div className="card" style={{ height: 270 }} /></div>
    </div>
  </Skeleton>
);
