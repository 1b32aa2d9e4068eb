import { useSkeleton } from '../lib/useSkeleton.js';

/**
 * Shows `children` (grey blocks in the true layout) while loading lasts, and tells it in words to those who do not see;
 * afterwards what `then` answers.
 */
export const Skeleton = ({ loading = true, label = 'Loading', then = () => null, children }) => {
  const shown = useSkeleton(loading);
  if (!loading && !shown) return then();
  return (
    <div role="status" aria-label={label} style={{ visibility: shown ? 'visible' : 'hidden' }}>
      <div aria-hidden="true">{children}</div>
    </div>
  );
};

/** A table's rows in grey. */
export const SkeletonRows = ({ rows = 6, height = 32 }) =>
  Array.from({ length: rows }, (_, index) => (
    <div key={index} style={{ display: 'flex', alignItems: 'center', height, padding: '0 16px' }}>
      <div className="skeleton" style={{ height: 12, width: `${72 - ((index * 17) % 40)}%` }} />
    </div>
  ));
