import { useRevisions } from '../../../api/pipeline.js';
import { RevisionList } from '../../../components/admin/pipeline/RevisionList.jsx';
import { QueryCard } from '../../../hooks/QueryCard.jsx';

const shownAtMost = 4;

/** The newest revisions. */
export const RevisionsCard = ({ pipeline, canEdit, change }) => {
  const query = useRevisions(pipeline.revision);
  const all = <button type="button" className="link small" onClick={() => change({ panel: 'revisions' })}>All {pipeline.revision}</button>;
  return (
    <QueryCard id="revisions" title="Revisions" what="the revisions" query={query} aside={all} rows={shownAtMost} rowHeight={56}>
      {(revisions) => <RevisionList revisions={revisions.slice(0, shownAtMost)} latest={pipeline.revision} nodes={pipeline.nodes} canEdit={canEdit} {...revisionLinks(change)} />}
    </QueryCard>
  );
};

/** Where the links of a revision lead. */
export const revisionLinks = (change) => ({
  onDiff: (revision) => change({ panel: 'diff', revision: String(revision), against: '' }),
  onRestore: (revision) => change({ panel: 'restore', revision: String(revision) }),
});
