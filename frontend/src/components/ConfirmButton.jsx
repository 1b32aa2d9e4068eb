import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import { GuardedButton } from './GuardedButton.jsx';
import { problemWords } from '../lib/problem.js';

/** A button that asks beside itself before it does what cannot be undone. `verb` is repeated on the confirming button. */
export const ConfirmButton = ({ verb, question, label, onConfirm, pending, problem, allowed = true, reason }) => {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={300} trapFocus returnFocus>
      <Popover.Target>
        <GuardedButton size="xs" variant="subtle" className={allowed ? 't-down' : ''} allowed={allowed} reason={reason} aria-label={label} onClick={() => setOpen(!open)}>
          {verb}
        </GuardedButton>
      </Popover.Target>
      <Popover.Dropdown>
        <p style={{ whiteSpace: 'normal', textAlign: 'left' }}>{question}</p>
        {problem && <p className="t-down small" role="alert">{problemWords(problem)}</p>}
        <div className="row" style={{ marginTop: 10, justifyContent: 'flex-end' }}>
          <Button size="sm" onClick={close}>Cancel</Button>
          <Button size="sm" className="danger" loading={pending} onClick={() => onConfirm({ onSuccess: close })}>{verb}</Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
};
