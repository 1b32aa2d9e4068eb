import { Button, Modal, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { spans, windowFrom } from '../../lib/maintenanceTimes.js';
import { usePhone } from '../../lib/usePhone.js';
import { FormProblem } from '../FormProblem.jsx';
import { GuardedButton } from '../GuardedButton.jsx';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './modals.module.css';

const Running = ({ windows, can, onEnd, ending }) => (
  <ul>
    {windows.map((one) => (
      <li key={one.id} className={styles.line}>
        <StatusShape status="maintenance" size={14} />
        <span className="grow trunc"><b className="strong">{one.spec.title}</b> <span className="mid">until <Moment at={one.occurrence_ends_at} />, by {one.created_by}</span></span>
        <GuardedButton size="xs" allowed={can.operate && !one.spec.rrule} needs="operator" reason={one.spec.rrule ? 'It repeats; change it in its plan' : undefined} loading={ending} onClick={() => onEnd(one.id)}>End now</GuardedButton>
      </li>
    ))}
  </ul>
);

/** Mutes a service, or its whole group, for planned work: status and uptime do not count while it lasts. `windows`: those
    that are on; `groupSize`: services in its group. */
export const MaintenanceDialog = ({ service, groupSize, windows, can, problem, saving, ending, onStart, onEnd, onClose }) => {
  const phone = usePhone();
  const [form, setForm] = useState({ title: '', note: '', scope: 'service', span: '30min', minutes: 60 });
  const set = (changes) => setForm({ ...form, ...changes });
  const seconds = () => (form.span === 'custom' ? form.minutes * 60 : spans.find(([id]) => id === form.span)[2](Date.now()));
  const submit = (event) => {
    event.preventDefault();
    onStart(windowFrom({ ...form, seconds: seconds() }, service));
  };
  const error = (field) => problem?.field?.(field) || undefined;
  return (
    <Modal opened onClose={onClose} size={520} fullScreen={phone} title={`Mute ${service.name}`}>
      {windows.length > 0 && <Running windows={windows} can={can} onEnd={onEnd} ending={ending} />}
      <form className={styles.form} onSubmit={submit} noValidate>
        <p className="mid">While it lasts the service is shown in maintenance, is not counted in its uptime, and alerts nobody. Checks go on.</p>
        <div role="group" aria-label="For how long" className={styles.presets}>
          {spans.map(([id, words]) => <button key={id} type="button" className="chip" aria-pressed={form.span === id} onClick={() => set({ span: id })}>{words}</button>)}
          <button type="button" className="chip" aria-pressed={form.span === 'custom'} onClick={() => set({ span: 'custom' })}>Other</button>
        </div>
        {form.span === 'custom' && <NumberInput label="Minutes" min={1} max={43_200} value={form.minutes} onChange={(minutes) => set({ minutes: Number(minutes) || 0 })} error={error('duration_seconds')} />}
        <div role="group" aria-label="What is muted" className={styles.presets}>
          <button type="button" className="chip" aria-pressed={form.scope === 'service'} onClick={() => set({ scope: 'service' })}>Only {service.name}</button>
          <button type="button" className="chip" aria-pressed={form.scope === 'group'} onClick={() => set({ scope: 'group' })}>All of {service.group} <b>{groupSize}</b></button>
        </div>
        <TextInput label="Why" placeholder={`Work on ${service.name}`} value={form.title} maxLength={100} onChange={(event) => set({ title: event.currentTarget.value })} error={error('title')} data-autofocus />
        <Textarea label="Note for others" description="Also shown on the public status page" value={form.note} autosize minRows={2} onChange={(event) => set({ note: event.currentTarget.value })} error={error('note')} />
        <FormProblem problem={problem} />
        <footer className={styles.foot}>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <GuardedButton allowed={can.operate} needs="operator" type="submit" variant="filled" loading={saving}>Mute {form.scope === 'group' ? service.group : service.name}</GuardedButton>
        </footer>
      </form>
    </Modal>
  );
};
