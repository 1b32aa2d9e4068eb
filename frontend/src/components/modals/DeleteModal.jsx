import { Button, Modal } from '@mantine/core';
import { FormProblem } from '../FormProblem.jsx';
import { GuardedButton } from '../GuardedButton.jsx';

/** Deleting cannot be undone, so it says first what goes with it (`children`). `run`: mutation result; `onDelete()`;
    `reason`: why it cannot be deleted now. */
export const DeleteModal = ({ name, run, onDelete, onClose, reason = '', children }) => (
  <Modal opened onClose={onClose} size={440} title={`Delete ${name}?`}>
    <div className="stack">
      <p className="mid">{children}</p>
      <FormProblem problem={run.error} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onClose} data-autofocus>Keep it</Button>
        <GuardedButton allowed={!reason} reason={reason} className={reason ? '' : 'danger'} loading={run.isPending} onClick={onDelete}>Delete {name}</GuardedButton>
      </div>
    </div>
  </Modal>
);
