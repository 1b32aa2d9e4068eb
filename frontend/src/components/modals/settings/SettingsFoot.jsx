import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { plural } from '../../../lib/formatNumber.js';
import { capitalised, sentence } from '../../../lib/sentences.js';
import { FormProblem } from '../../FormProblem.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import styles from './settings.module.css';

const longestComment = 300;

/** The comment, and the buttons; `asking`: whether the changes are to be discarded. The first bad field gets the focus when saving was refused. */
export const SettingsFoot = ({ middleware: { step, defaults }, draft, errors, faults, save, canEdit, asking, onStay, onClose }) => {
  const foot = useRef(null);
  const refused = save.error;
  useEffect(() => {
    if (refused?.errors?.length) foot.current.closest('form').querySelector('[aria-invalid="true"]')?.focus();
  }, [refused]);
  const clean = draft.lines.length === 0;
  return (
    <div ref={foot}>
      {faults.map((words) => <p key={words} className="t-down small" role="alert">{sentence(capitalised(words))}</p>)}
      {refused?.status !== 409 && <FormProblem problem={refused} />}
      <footer className={styles.foot}>
        {canEdit && !clean && <TextInput className={styles.comment} aria-label="Comment" placeholder="Why, for those who come after you" maxLength={longestComment} value={draft.comment} onChange={(event) => draft.setComment(event.currentTarget.value)} />}
        <span className="small t-down grow" role="status">{errors.length > 0 ? `${plural(errors.length, 'field')} to fix` : ''}</span>
        {canEdit && step.known && !asking && <Button variant="subtle" disabled={draft.isUsual} onClick={() => draft.set(defaults)}>Reset to defaults</Button>}
        {asking && <Button onClick={onStay}>Keep editing</Button>}
        <Button className={asking ? 't-down' : ''} onClick={onClose}>{leaveWord(asking, canEdit && !clean)}</Button>
        {step.known && <GuardedButton type="submit" variant="filled" allowed={canEdit && !clean && !draft.fault && !draft.theirs} reason={canEdit ? whyNot(draft, clean) : undefined} loading={save.isPending}>Save settings</GuardedButton>}
      </footer>
    </div>
  );
};

const leaveWord = (asking, dirty) => {
  if (asking) return 'Discard changes';
  return dirty ? 'Cancel' : 'Close';
};

const whyNot = (draft, clean) => {
  if (draft.fault) return 'The JSON cannot be read yet';
  if (draft.theirs) return 'Choose first what becomes of the other change';
  return clean ? 'Nothing is changed' : undefined;
};
