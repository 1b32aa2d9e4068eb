import { useMiddlewareStats, useRevisionDiff, useRevisions, useRollback } from '../../../api/pipeline.js';
import { CostsModal } from '../../../components/modals/CostsModal.jsx';
import { RevisionDiffModal } from '../../../components/modals/RevisionDiffModal.jsx';
import { RevisionsModal } from '../../../components/modals/RevisionsModal.jsx';
import { announce } from '../../../lib/announce.js';
import { revisionLinks } from './RevisionsCard.jsx';
import { SettingsDialog } from './SettingsDialog.jsx';

const Diff = ({ view, close }) => {
  const against = view.against ?? view.revision - 1;
  const diff = useRevisionDiff(view.revision, Math.max(1, against));
  return <RevisionDiffModal title={`From revision ${diff.data?.from_revision ?? against} to ${view.revision}`} diff={diff} onClose={close} />;
};

/** Shows what a roll back would change before it is saved. */
const Restore = ({ view, close, pipeline, canEdit }) => {
  const diff = useRevisionDiff(view.revision, pipeline.revision);
  const rollback = useRollback();
  const onRestore = (comment) =>
    rollback.mutate({ to_revision: view.revision, base_revision: pipeline.revision, comment }, {
      onSuccess: (answer) => {
        announce(`Revision ${view.revision} is saved again as ${answer.revision}.`);
        close();
      },
    });
  return <RevisionDiffModal title={`Roll back to revision ${view.revision}`} lead={`What changes against the latest revision, ${pipeline.revision}.`} diff={diff} restore={{ to: view.revision, rollback, allowed: canEdit, onRestore }} onClose={close} />;
};

const Revisions = ({ change, close, pipeline, canEdit }) => (
  <RevisionsModal query={useRevisions(pipeline.revision)} latest={pipeline.revision} nodes={pipeline.nodes} canEdit={canEdit} {...revisionLinks(change)} onClose={close} />
);

const Costs = ({ view, change, close }) => <CostsModal query={useMiddlewareStats()} node={view.node} onNode={(node) => change({ node })} onClose={close} />;

const dialogs = { settings: SettingsDialog, diff: Diff, restore: Restore, revisions: Revisions, costs: Costs };
const needs = { settings: 'step', diff: 'revision', restore: 'revision' };

/** The dialog that the address asks for, if any. */
export const MiddlewareDialogs = ({ view, ...rest }) => {
  const Dialog = dialogs[view.panel];
  if (!Dialog || (needs[view.panel] && !view[needs[view.panel]])) return null;
  return <Dialog key={`${view.panel} ${view.step} ${view.revision}`} view={view} {...rest} />;
};
