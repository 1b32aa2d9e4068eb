import { actorWords, revisionBadge, revisionWords } from '../../../lib/pipelineWords.js';
import { RelativeTime } from '../../RelativeTime.jsx';
import styles from './side.module.css';

const Entry = ({ revision, nodes, canEdit, onDiff, onRestore }) => {
  const runningOn = nodes.filter((node) => node.revision === revision.revision).map(({ node }) => node);
  const badge = revisionBadge({ ...revision, running_on: runningOn }, nodes.length);
  return (
    <li>
      <div className="row">
        <b className="strong num">r{revision.revision}</b>
        {badge && <span className={`badge ${badge[0]}`}>{badge[1]}</span>}
        <span className="grow" />
        <span className="small dim nowrap"><RelativeTime at={revision.saved_at} /></span>
      </div>
      <div className="row small">
        <span className="mid trunc grow" title={revisionWords(revision)}>{actorWords(revision.saved_by)}: {revisionWords(revision)}</span>
        <button type="button" className="link" aria-label={`Diff of revision ${revision.revision}`} onClick={() => onDiff(revision.revision)}>Diff</button>
        {canEdit && !revision.latest && <button type="button" className="link" aria-label={`Roll back to revision ${revision.revision}`} onClick={() => onRestore(revision.revision)}>Roll back</button>}
      </div>
    </li>
  );
};

/** Who changed what, newest first. `nodes`: the gateways, for which runs what. */
export const RevisionList = ({ revisions, latest, ...entry }) => (
  <ul className={styles.revisions}>
    {revisions.map((revision) => <Entry key={revision.revision} revision={{ ...revision, latest: revision.revision === latest }} {...entry} />)}
  </ul>
);
