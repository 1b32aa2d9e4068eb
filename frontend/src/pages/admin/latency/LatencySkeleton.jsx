import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';

/** The page's true layout in grey. */
export const LatencySkeleton = () => (
  <Skeleton label="Loading the latencies">
    <div className="skeleton" style={{ height: 28, width: 420, marginBottom: 12 }} />
    <div className="card" style={{ height: 59, marginBottom: 12 }} />
    <div className="card">
      <div style={{ height: 57 }} />
      <SkeletonRows rows={20} height={33} />
    </div>
  </Skeleton>
);
