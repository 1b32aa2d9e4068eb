import { Button } from '@mantine/core';
import { useState } from 'react';
import { plural } from '../../lib/formatNumber.js';
import { GuardedButton } from '../GuardedButton.jsx';
import styles from './editor.module.css';

const Conflict = ({ conflict }) => (
  <div className="note warn small" role="alert">
    <span className="grow"><b className="strong">Someone saved another version meanwhile.</b> Nothing of yours is lost.</span>
    <button type="button" className="link" onClick={conflict.reload}>Load theirs</button>
    <button type="button" className="link" onClick={conflict.overwrite}>Save mine over it</button>
  </div>
);

/** Leaving with changes asks once, in place. */
const Leave = ({ dirty, onClose }) => {
  const [asking, setAsking] = useState(false);
  if (!asking) return <Button onClick={() => (dirty ? setAsking(true) : onClose())}>Cancel</Button>;
  return (
    <>
      <Button onClick={() => setAsking(false)}>Keep editing</Button>
      <Button className="t-down" onClick={onClose}>Discard changes</Button>
    </>
  );
};

export const ServiceEditorFoot = ({ isNew, owned, canSave, dirty, ready, wrong, save, attempt, conflict, yaml, onYaml, onTry, onClose }) => (
  <div className={styles.foot}>
    {conflict && <Conflict conflict={conflict} />}
    <div className={styles.buttons}>
      {!owned && ready && <Button variant="subtle" aria-pressed={yaml} onClick={onYaml}>{yaml ? 'Form' : 'YAML'}</Button>}
      <span className="grow small t-down" role="status">{wrong > 0 ? `${plural(wrong, 'field')} to fix` : ''}</span>
      {owned ? <Button onClick={onClose}>Close</Button> : <Leave dirty={dirty} onClose={onClose} />}
      {!owned && ready && <Button loading={attempt.isPending} onClick={onTry}>Try it</Button>}
      {!owned && ready && <GuardedButton allowed={canSave} type="submit" variant="filled" loading={save.isPending}>{isNew ? 'Add service' : 'Save service'}</GuardedButton>}
    </div>
  </div>
);
