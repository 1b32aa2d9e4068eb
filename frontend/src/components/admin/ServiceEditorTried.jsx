import { RunView } from '../modals/RunView.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import styles from './editor.module.css';

/** What the unsaved checks found, beside the form. Nothing of it is stored. */
export const ServiceEditorTried = ({ attempt, timeoutSeconds }) => (
  <aside className={styles.tried} aria-label="Result of the try" aria-live="polite">
    <h3 className={styles.heading}>Tried, not saved</h3>
    {attempt.isPending ? <Skeleton label="Trying"><SkeletonRows rows={5} /></Skeleton> : <RunView run={attempt.data} timeoutSeconds={timeoutSeconds} />}
  </aside>
);
