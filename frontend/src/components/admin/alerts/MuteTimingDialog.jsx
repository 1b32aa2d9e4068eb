import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useHasRole } from '../../../api/session.js';
import { useSaveMuteTiming } from '../../../api/silences.js';
import { announce } from '../../../lib/announce.js';
import { useNow } from '../../../lib/clock.js';
import { clockIn, newTiming, timeZones, timingSpec } from '../../../lib/muteTiming.js';
import { usePhone } from '../../../lib/usePhone.js';
import { zoneName } from '../../../lib/zonedInput.js';
import { FormFoot, FormProblem } from '../../FormProblem.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import { MuteSpans } from './MuteSpans.jsx';
import styles from './quiet.module.css';

const zones = timeZones();

/** Hours in which rules that name it tell nobody, by the clock of a place. `timing`: null for a new one. */
export const MuteTimingDialog = ({ timing, onClose }) => {
  const phone = usePhone();
  const now = useNow(60);
  const allowed = useHasRole('operator');
  const save = useSaveMuteTiming();
  const [draft, setDraft] = useState(timing ?? newTiming(zoneName('local')));
  const set = (changes) => setDraft({ ...draft, ...changes });
  const fault = (path) => save.error?.within?.(path) || undefined;
  const submit = (event) => {
    event.preventDefault();
    save.mutate({ id: timing?.id, spec: timingSpec(draft) }, {
      onSuccess: ({ name }) => {
        announce(`${name} is saved.`);
        onClose();
      },
    });
  };
  return (
    <Modal opened onClose={onClose} size={560} fullScreen={phone} title={timing ? timing.name : 'New mute timing'}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextInput label="Name" placeholder="At night" maxLength={100} value={draft.name} onChange={(event) => set({ name: event.currentTarget.value })} error={fault('name')} data-autofocus />
        <Select label="Time zone" description={`It is ${clockIn(draft.time_zone, now)} there now`} searchable data={zones.includes(draft.time_zone) ? zones : [draft.time_zone, ...zones]} limit={100} allowDeselect={false} value={draft.time_zone} onChange={(time_zone) => set({ time_zone })} error={fault('time_zone')} />
        <MuteSpans spans={draft.spans} set={(spans) => set({ spans })} fault={fault} />
        <TextInput label="Note" maxLength={2000} value={draft.note} onChange={(event) => set({ note: event.currentTarget.value })} error={fault('note')} />
        <FormProblem problem={save.error} />
        <FormFoot problem={save.error}>
          <Button onClick={onClose}>Cancel</Button>
          <GuardedButton type="submit" variant="filled" allowed={allowed} needs="operator" loading={save.isPending}>Save mute timing</GuardedButton>
        </FormFoot>
      </form>
    </Modal>
  );
};
