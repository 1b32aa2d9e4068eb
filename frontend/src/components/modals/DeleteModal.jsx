import { Button, Modal } from '@mantine/core';
import { FormProblem } from '../FormProblem.jsx';

/** Deleting cannot be undone, so it says first what goes with it (`children`). `run`: mutation result; `onDelete()`. */
export const DeleteModal = ({ name, run, onDelete, onClose, children }) => (
  <Modal opened onClose={onClose} size={440} title={`Delete ${name}?`}>
    <div className="stack">
      <p className="mid">{children}</p>
      <FormProblem problem={run.error} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onClose} data-autofocus>Keep it</Button>
        <Button className="danger" loading={run.isPending} onClick={onDelete}>Delete {name}</Button>
      </div>
    </div>
  </Modal>
);
