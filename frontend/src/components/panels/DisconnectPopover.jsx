import { Button, Popover, TextInput } from '@mantine/core';
import { memo, useState } from 'react';
import { useMe } from '../../api/session.js';
import { useConnectionCount } from '../../api/websocket.js';
import { whoIs } from '../../lib/connectionWords.js';
import { plural } from '../../lib/formatNumber.js';
import { problemWords } from '../../lib/problem.js';
import { listed } from '../../lib/sentences.js';
import { GuardedButton } from '../GuardedButton.jsx';
import styles from './connections.module.css';

/** Whose connections can be closed from a row: `{one: [label, whom to disconnect, body]}`. */
const scopesOf = (connection) => {
  const { id, user, client_ip: ip } = connection;
  return {
    one: ['This one', whoIs(connection), { id }],
    ...(user && { user: [`All of ${user}`, `all of ${user}`, { user }] }),
    ip: [`All of ${ip}`, `all of ${ip}`, { client_ip: ip }],
  };
};

const Own = ({ many }) => <b className="strong">{many ? 'This tab is one of them. ' : 'This is the socket of this tab. '}</b>;

const Counted = ({ count, label }) => {
  if (count.error) return <p className="small t-down" role="alert">{problemWords(count.error)}</p>;
  if (!count.data || count.isFetching) return <p className="small dim" role="status">Counting</p>;
  const { closed, missing_nodes: missing } = count.data;
  return (
    <p className="small mid" role="status">
      {label}: <b className="strong">{plural(closed, 'connection')}</b>.{missing.length > 0 && ` ${listed(missing)} did not answer.`}
    </p>
  );
};

const Question = ({ connection, own, onDisconnect, onClose }) => {
  const [scope, setScope] = useState('one');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState(null);
  const [pending, setPending] = useState(false);
  const scopes = scopesOf(connection);
  const [label, whom, whose] = scopes[scope];
  const many = scope !== 'one';
  const count = useConnectionCount(whose, many);
  const counted = count.isFetching ? 0 : (count.data?.closed ?? 0);
  const me = useMe().data?.user.name;

  const submit = async (event) => {
    event.preventDefault();
    setPending(true);
    setProblem(null);
    try {
      await onDisconnect({ ...whose, reason });
      onClose();
    } catch (refusal) {
      setProblem(refusal);
      setPending(false);
    }
  };

  return (
    <form className={styles.question} onSubmit={submit}>
      <h3 className="strong">Disconnect {whom}?</h3>
      <p className="small mid">
        {(own || (scope === 'user' && connection.user === me)) && <Own many={many} />}
        {many ? 'They close' : 'The socket closes'} at once with code 4503 and {many ? 'do' : 'does'} not reconnect by {many ? 'themselves' : 'itself'}. It is written to the audit trail under your name.
      </p>
      <div role="group" aria-label="Which connections are closed" className={styles.scopes}>
        {Object.entries(scopes).map(([name, [words]]) => <button key={name} type="button" className="chip" aria-pressed={name === scope} onClick={() => setScope(name)}>{words}</button>)}
      </div>
      {many && <Counted count={count} label={label} />}
      <TextInput size="sm" aria-label="Reason, optional" placeholder="Reason, optional" maxLength={120} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
      {problem && <p className="small t-down" role="alert">{problemWords(problem)}</p>}
      <div className="row">
        <span className="grow" />
        <Button size="sm" onClick={onClose}>Cancel</Button>
        <Button size="sm" type="submit" className="danger" loading={pending} disabled={many && !counted}>Disconnect{many && counted ? ` ${counted}` : ''}</Button>
      </div>
    </form>
  );
};

/** Closes the connection `id` of `user` at `ip`, after a question beside the button; admins only. `own`: it is this tab's;
    `closing`: its node has not confirmed yet; `onDisconnect(whose)` answers when it is done. */
export const DisconnectPopover = memo(({ id, user, ip, own, allowed, closing, onDisconnect }) => {
  const connection = { id, user, client_ip: ip };
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={348} trapFocus returnFocus>
      <Popover.Target>
        <GuardedButton size="xs" disabled={closing} allowed={allowed} aria-label={`Disconnect ${whoIs(connection)}`} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}>{closing ? 'Closing' : 'Disconnect'}</GuardedButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Question connection={connection} own={own} onDisconnect={onDisconnect} onClose={close} />
      </Popover.Dropdown>
    </Popover>
  );
});
