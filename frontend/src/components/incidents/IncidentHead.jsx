import { Button, Menu, Popover, Textarea } from '@mantine/core';
import { useState } from 'react';
import { incidentShape, incidentTitle, isOpen, resolveWords, stateWords } from '../../lib/incidentWords.js';
import { problemWords } from '../../lib/problem.js';
import { useCopy } from '../../lib/useCopy.js';
import { Duration } from '../Duration.jsx';
import { GuardedButton } from '../GuardedButton.jsx';
import { Icon } from '../Icon.jsx';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './incidents.module.css';

/** How it stands, where that is more than that it fires. */
const Standing = ({ incident }) => {
  const { words } = stateWords(incident);
  if (incident.state === 'acknowledged') return <>{words} at <Moment at={incident.acknowledged_at} />. </>;
  return incident.hold && <>{words}. </>;
};

const Line = ({ incident }) => (
  <p className="small mid num">
    Incident {incident.id}, {incident.severity}. {isOpen(incident) ? <><Standing incident={incident} />Firing since <Moment at={incident.fired_at} /> (<Duration since={incident.fired_at} />).</> : resolveWords(incident)}
  </p>
);

/** Ends it by hand, after a question beside the button. */
const ResolvePopover = ({ resolve }) => {
  const [open, setOpen] = useState(false);
  const [comment, setComment] = useState('');
  const submit = (event) => {
    event.preventDefault();
    resolve.ask(comment.trim(), { onSuccess: () => setOpen(false) });
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} trapFocus returnFocus>
      <Popover.Target>
        <GuardedButton allowed={resolve.allowed} needs="operator" aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}>Resolve</GuardedButton>
      </Popover.Target>
      <Popover.Dropdown>
        <form className="stack" onSubmit={submit}>
          <p>Resolve it by hand? Everyone who was told hears of it. If the rule still matches, a new incident opens.</p>
          <Textarea aria-label="Comment, optional" placeholder="Comment, optional" autosize minRows={2} maxLength={2000} value={comment} onChange={(event) => setComment(event.currentTarget.value)} data-autofocus />
          {resolve.problem && <p className="small t-down" role="alert">{problemWords(resolve.problem)}</p>}
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button size="sm" onClick={() => setOpen(false)}>Cancel</Button>
            <Button size="sm" type="submit" variant="filled" loading={resolve.pending}>Resolve</Button>
          </div>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
};

const More = ({ markdown }) => {
  const { state, copy, reset } = useCopy();
  return (
    <Menu position="bottom-end" width={220} onClose={reset}>
      <Menu.Target><Button aria-label="More about this incident" px={8}><Icon name="dots" /></Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item closeMenuOnClick={false} onClick={() => copy(markdown)}>Copy as Markdown</Menu.Item>
        <Menu.Item closeMenuOnClick={false} onClick={() => copy(window.location.href)}>Copy link</Menu.Item>
        <Menu.Label aria-live="polite">{state}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
};

/** Name, object and state of an incident, and what can be done about it. `acknowledge`, `resolve`: `{allowed, pending,
    problem, ask}`; `onSilence`; `back`: a link to the list, on phones. */
export const IncidentHead = ({ detail, acknowledge, resolve, canSilence, onSilence }) => {
  const { incident } = detail;
  const open = isOpen(incident);
  return (
    <header className={styles.head}>
      <StatusShape status={incidentShape(incident)} size={24} />
      <div className="grow">
        <h2 id="incident">{incidentTitle(incident)}</h2>
        <Line incident={incident} />
      </div>
      <div className={styles.actions}>
        {open && <GuardedButton allowed={canSilence} needs="operator" leftSection={<Icon name="muted" size={14} />} onClick={onSilence}>Silence</GuardedButton>}
        {open && <ResolvePopover resolve={resolve} />}
        <More markdown={detail.markdown} />
        {incident.state === 'firing' && <GuardedButton className="first" variant="filled" allowed={acknowledge.allowed} needs="operator" loading={acknowledge.pending} leftSection={<Icon name="check" size={15} />} onClick={acknowledge.ask}>Acknowledge</GuardedButton>}
      </div>
    </header>
  );
};
