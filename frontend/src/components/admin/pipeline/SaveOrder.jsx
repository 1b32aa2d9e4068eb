import { Button, Popover, TextInput } from '@mantine/core';
import { useState } from 'react';
import { plural } from '../../../lib/formatNumber.js';
import { FormProblem } from '../../FormProblem.jsx';
import styles from './order.module.css';

const longestComment = 300;

const Form = ({ base, order, moves, save, onSave, onClose }) => {
  const [comment, setComment] = useState('');
  const submit = (event) => {
    event.preventDefault();
    onSave(comment.trim(), onClose);
  };
  const refused = save.error?.status === 409 ? null : save.error;
  return (
    <form className="stack" onSubmit={submit}>
      <ul className={styles.moves} aria-label="Moves">
        {moves.map((id) => <li key={id}><span className="mono grow">{id}</span><span className="num dim">{base.order.indexOf(id) + 1} → {order.indexOf(id) + 1}</span></li>)}
      </ul>
      <TextInput label="Comment" placeholder="Why, for those who come after you" value={comment} maxLength={longestComment} onChange={(event) => setComment(event.currentTarget.value)} data-autofocus />
      {refused?.errors?.map(({ field, message }) => <p key={field + message} className="t-down small" role="alert">{message}</p>)}
      <FormProblem problem={refused} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button size="sm" onClick={onClose}>Cancel</Button>
        <Button size="sm" variant="filled" type="submit" loading={save.isPending}>Save order</Button>
      </div>
    </form>
  );
};

/** How many moves are not saved, and what to do with them: saving asks for a comment. `save`: mutation result. */
export const SaveOrder = ({ draft, broken, save, onSave, onDiscard }) => {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  if (!draft.moves.length) return null;
  return (
    <>
      <span className="badge line" role="status">{plural(draft.moves.length, 'move')} not saved</span>
      <span className="grow" />
      <Button size="sm" variant="subtle" onClick={onDiscard}>Discard</Button>
      <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} trapFocus returnFocus>
        <Popover.Target>
          <Button size="sm" variant="filled" disabled={broken} title={broken ? 'The order breaks a rule' : undefined} onClick={() => setOpen(!open)}>Save order</Button>
        </Popover.Target>
        <Popover.Dropdown><Form base={draft.base} order={draft.order} moves={draft.moves} save={save} onSave={onSave} onClose={close} /></Popover.Dropdown>
      </Popover>
    </>
  );
};
