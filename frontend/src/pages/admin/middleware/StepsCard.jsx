import { useState } from 'react';
import { useSaveOrder } from '../../../api/pipeline.js';
import { BehindNote, BrokenRules } from '../../../components/admin/pipeline/OrderNotes.jsx';
import { SaveOrder } from '../../../components/admin/pipeline/SaveOrder.jsx';
import { StepList } from '../../../components/admin/pipeline/StepList.jsx';
import { OrderConflictModal } from '../../../components/modals/OrderConflictModal.jsx';
import { useShortcut } from '../../../hooks/useShortcut.js';
import { useToggles } from '../../../hooks/useToggles.js';
import { announce } from '../../../lib/announce.js';
import { mergedOrder } from '../../../lib/orderMoves.js';
import { brokenRules } from '../../../lib/pipelineOrder.js';
import styles from './middleware.module.css';

/** What the server would answer to saving the moves now, as far as it can be told here. */
const conflictOf = (draft, pipeline) => {
  const theirs = pipeline.steps.map(({ id }) => id);
  const merged = mergedOrder(draft.base.order, theirs, draft.order);
  return {
    base_revision: draft.base.revision,
    base_order: draft.base.order,
    current_revision: pipeline.revision,
    current_order: theirs,
    changed_by: pipeline.updated_by,
    changed_at: pipeline.updated_at,
    comment: pipeline.comment,
    merged_order: merged,
    merge_violations: merged ? brokenRules(merged, pipeline.steps) : [],
  };
};

/** From the row with the focus to the one `by` rows on; round at the ends. */
const focusRow = (by) => {
  const rows = [...document.querySelectorAll('[data-step]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? rows.at(by < 0 ? -1 : 0) : rows.at((at + by) % rows.length);
  next.querySelector('button').focus();
};

const isConflict = (problem) => problem?.status === 409 && problem.extensions?.current_order;

/** The steps with their moves: saved together, joined with what someone else saved first. */
export const StepsCard = ({ pipeline, steps, draft, canEdit, inside, lit, onLit, onOpen }) => {
  const save = useSaveOrder();
  const { wishes, toggle, forget } = useToggles();
  const [conflict, setConflict] = useState(null); // with the comment that was given
  const broken = draft.moves.length > 0 && brokenRules(draft.order, steps).length > 0;

  const put = (order, revision, comment, onClose) =>
    save.mutate({ order, base_revision: revision, comment }, {
      onSuccess: (answer) => {
        announce(`The order is saved as revision ${answer.revision}. ${answer.restart_required ? 'Restart required.' : ''}`);
        setConflict(null);
        onClose?.();
      },
      onError: (problem) => {
        if (!isConflict(problem)) return;
        setConflict({ ...problem.extensions, given: comment });
        onClose?.();
      },
    });

  const theirs = conflict && { revision: conflict.current_revision, order: conflict.current_order };
  const saveBoth = () => {
    draft.rebase(theirs, conflict.merged_order);
    put(conflict.merged_order, conflict.current_revision, conflict.given);
  };
  const leaveConflict = (order) => {
    if (order !== undefined) draft.rebase(theirs, order);
    setConflict(null);
    save.reset();
  };
  const discard = () => {
    draft.discard();
    save.reset();
  };

  useShortcut('j', () => focusRow(1));
  useShortcut('k', () => focusRow(-1));

  return (
    <section className="card" aria-labelledby="steps" {...inside}>
      <header className={styles.stepsHead}>
        <h2 id="steps">Steps</h2>
        <SaveOrder draft={draft} broken={broken} save={save} onSave={(comment, onClose) => put(draft.order, draft.base.revision, comment, onClose)} onDiscard={discard} />
      </header>
      {draft.behind && <BehindNote pipeline={pipeline} moves={draft.moves.length} onCompare={() => setConflict({ ...conflictOf(draft, pipeline), given: '' })} onFollow={draft.follow} />}
      <BrokenRules draft={draft} steps={steps} />
      <StepList steps={steps} base={draft.base.order} moves={draft.moves} canEdit={canEdit} wishes={wishes} lit={lit} onLit={onLit} onMove={draft.move} onToggle={toggle} onForget={forget} onOpen={onOpen} />
      {conflict && (
        <OrderConflictModal conflict={conflict} order={draft.order} moves={draft.moves} save={save} onSaveBoth={saveBoth} onKeep={() => leaveConflict(conflict.merged_order ?? undefined)} onDiscard={() => leaveConflict(null)} />
      )}
    </section>
  );
};
