import { actorWords } from '../../../lib/pipelineWords.js';
import { StatusShape } from '../../StatusShape.jsx';
import styles from './settings.module.css';

/** Someone else changed the step meanwhile: what both changed, and the two ways on. */
export const SettingsClash = ({ id, draft }) => (
  <div className={`note warn small ${styles.clash}`} role="alert">
    <StatusShape status="degraded" />
    <div className="grow">
      <b className="strong">{actorWords(draft.theirs.by)} changed {id} meanwhile.</b> Nothing of yours is lost.
      <ul>
        {draft.clashes.map(({ name, theirs, mine }) => (
          <li key={name}><span className="mono">{name}</span>: {JSON.stringify(theirs)} by {actorWords(draft.theirs.by)}, {JSON.stringify(mine)} by you</li>
        ))}
      </ul>
    </div>
    <button type="button" className="link" onClick={draft.takeTheirs}>Take theirs</button>
    <button type="button" className="link" onClick={draft.keepMine}>Keep mine on top</button>
  </div>
);
