import { Button, Modal } from '@mantine/core';

/** Someone wants to go on with changes that are not saved. `what`: of what, such as "this rule". */
export const UnsavedDialog = ({ what, onStay, onLeave }) => (
  <Modal opened onClose={onStay} size={440} title="Changes not saved">
    <div className="stack">
      <p className="mid">When you go on, your changes of {what} are lost.</p>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onLeave}>Discard and go on</Button>
        <Button variant="filled" onClick={onStay} data-autofocus>Keep editing</Button>
      </div>
    </div>
  </Modal>
);
