import { actorWords } from '../../../lib/pipelineWords.js';
import { Moment } from '../../Moment.jsx';
import { DiffLines } from '../DiffLines.jsx';
import styles from './settings.module.css';

/** What would change against the saved settings, and who saved those. */
export const SettingsChanges = ({ middleware, draft, risky }) => (
  <div className={styles.changes}>
    {draft.lines.length > 0 && (
      <>
        <b className="strong small">What changes</b>
        <DiffLines lines={draft.lines} />
        <p className="small">It runs after a restart, or once it is applied.</p>
      </>
    )}
    {risky && <p className="small t-degraded">It may keep people out: applied without a restart, it has to be confirmed within 60 s, else the revision before comes back.</p>}
    <p className="small dim">Version {middleware.step.version} of this step, changed by {actorWords(middleware.changed_by)}, <Moment at={middleware.changed_at} /></p>
  </div>
);
