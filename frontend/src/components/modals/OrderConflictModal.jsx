import { Button, Modal } from '@mantine/core';
import { conflictColumns } from '../../lib/orderConflict.js';
import { plural } from '../../lib/formatNumber.js';
import { actorWords } from '../../lib/pipelineWords.js';
import { usePhone } from '../../lib/usePhone.js';
import { FormProblem } from '../FormProblem.jsx';
import { RelativeTime } from '../RelativeTime.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { OrderColumn } from './OrderColumn.jsx';
import styles from './order.module.css';

const Outcome = ({ merged, violations }) => {
  if (!merged) return <><StatusShape status="degraded" size={14} /><span className="grow">The two are not of the same steps, so they cannot be joined.</span></>;
  if (violations.length) return <><StatusShape status="down" size={14} /><span className="grow t-down">The combined order breaks a rule: {violations.map(({ message }) => message).join('; ')}.</span></>;
  return <><StatusShape status="healthy" size={14} /><span className="grow">The combined order passes all constraints.</span></>;
};

/** Someone else saved an order first: theirs, mine, and both joined. `conflict`: as the 409 tells it; `order`: mine, `moves`: the steps I moved; `save`:
    mutation result. Closing goes on editing. */
export const OrderConflictModal = ({ conflict, order, moves, save, onSaveBoth, onKeep, onDiscard }) => {
  const phone = usePhone();
  const { merged_order: merged, merge_violations: violations, changed_by: by, current_revision: theirs } = conflict;
  const columns = conflictColumns(conflict, order, moves);
  const who = actorWords(by);
  const savable = merged && !violations.length;
  return (
    <Modal opened onClose={onKeep} size={860} fullScreen={phone} title={<span className="row"><StatusShape status="degraded" size={20} />{who} saved another order first</span>}>
      <p className={`mid ${styles.lead}`}>
        Revision {theirs}, <RelativeTime at={conflict.changed_at} />{conflict.comment && <>: “{conflict.comment}”</>}. You started from revision {conflict.base_revision}. Nothing of yours is lost.
      </p>
      <div className={styles.columns}>
        <OrderColumn title={`Saved by ${who}`} note={`revision ${theirs}`} same={columns.same} steps={columns.theirs} />
        <OrderColumn title="Yours" note={`${plural(moves.length, 'move')}, not saved`} same={columns.same} steps={columns.mine} />
        {columns.both && <OrderColumn title="Both" note={`yours on top of ${theirs}`} same={columns.same} steps={columns.both} picked={savable} />}
      </div>
      <FormProblem problem={save.error?.status === 409 ? null : save.error} />
      <footer className={styles.foot}>
        <span className={`row grow small ${styles.outcome}`} role="status"><Outcome merged={merged} violations={violations} /></span>
        <Button variant="subtle" onClick={onDiscard}>Discard mine</Button>
        <Button variant={savable ? 'default' : 'filled'} onClick={onKeep}>Keep editing</Button>
        {savable && <Button variant="filled" loading={save.isPending} onClick={onSaveBoth} data-autofocus>Save both as {theirs + 1}</Button>}
      </footer>
    </Modal>
  );
};
