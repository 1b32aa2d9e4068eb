import { Button, Modal } from '@mantine/core';
import { plural } from '../../lib/formatNumber.js';

/** Someone wants to go to another page with moves that are not saved. */
export const LeaveDialog = ({ moves, onStay, onLeave }) => (
  <Modal opened onClose={onStay} size={440} title={`${plural(moves, 'move')} not saved`}>
    <div className="stack">
      <p className="mid">When you leave this page, the order stays as it was before {moves === 1 ? 'it' : 'them'}.</p>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onLeave}>Discard and leave</Button>
        <Button variant="filled" onClick={onStay} data-autofocus>Stay here</Button>
      </div>
    </div>
  </Modal>
);
