import { Button, Modal, MultiSelect, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRules } from '../../../api/alertRules.js';
import { useOpenIncidents } from '../../../api/incidents.js';
import { useHasRole } from '../../../api/session.js';
import { useSaveSilence } from '../../../api/silences.js';
import { announce } from '../../../lib/announce.js';
import { plural } from '../../../lib/formatNumber.js';
import { incidentTitle } from '../../../lib/incidentWords.js';
import { usePreference } from '../../../lib/preferences.js';
import { listed } from '../../../lib/sentences.js';
import { hiddenBy, silenceFaults, silenceSpec, silenceSubject, spans } from '../../../lib/silenceForm.js';
import { usePhone } from '../../../lib/usePhone.js';
import { zoneName } from '../../../lib/zonedInput.js';
import { FormFoot, FormProblem } from '../../FormProblem.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import styles from './quiet.module.css';

const Hides = ({ draft, incidents }) => {
  const hidden = hiddenBy(silenceSubject(draft), incidents);
  return (
    <p className="small mid" role="status">
      Matches <b className="strong num">{hidden.length} of {plural(incidents.length, 'open incident')}</b> now{hidden.length ? `: ${listed(hidden.map(incidentTitle))}` : ''}.
    </p>
  );
};

const Times = ({ draft, set, zone, error }) => (
  <>
    <div role="group" aria-label="For how long" className={styles.chips}>
      {spans.map(([id, words]) => <button key={id} type="button" className="chip" aria-pressed={draft.span === id} onClick={() => set({ span: id })}>{words}</button>)}
      <button type="button" className="chip" aria-pressed={draft.span === 'custom'} onClick={() => set({ span: 'custom' })}>Other</button>
    </div>
    <div className={styles.two}>
      <TextInput type="datetime-local" label="From" description={`${zoneName(zone)}. Empty: now`} value={draft.from} onChange={(event) => set({ from: event.currentTarget.value })} error={error('starts_at')} />
      {draft.span === 'custom' && <TextInput type="datetime-local" label="Until" description={zoneName(zone)} value={draft.until} onChange={(event) => set({ until: event.currentTarget.value })} error={error('ends_at')} />}
    </div>
  </>
);

/** Silences alerts until a time, with how many open incidents that is about. `silence`: the one that is changed, else a new
    one; `start`: what the form begins with (lib/silenceForm.js). */
export const SilenceDialog = ({ silence = null, start, onClose }) => {
  const phone = usePhone();
  const zone = usePreference('zone');
  const allowed = useHasRole('operator');
  const rules = useRules().data?.rules ?? [];
  const incidents = useOpenIncidents().data?.incidents ?? [];
  const save = useSaveSilence();
  const [draft, setDraft] = useState(start);
  const [faults, setFaults] = useState({});
  const set = (changes) => setDraft({ ...draft, ...changes });
  const error = (field) => faults[field] ?? (save.error?.within?.(field) || undefined);

  const submit = (event) => {
    event.preventDefault();
    const found = silenceFaults(draft, zone);
    setFaults(found);
    if (Object.keys(found).length) return;
    save.mutate({ id: silence?.id, spec: silenceSpec(draft, zone, Date.now(), silence?.starts_at) }, {
      onSuccess: ({ holding }) => {
        announce(`The silence is ${silence ? 'changed' : 'set'}. It holds back ${plural(holding.length, 'incident')}.`);
        onClose();
      },
    });
  };

  return (
    <Modal opened onClose={onClose} size={560} fullScreen={phone} title={silence ? 'Edit silence' : 'Silence'}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <p className="mid">Nobody is told of what it matches. Incidents still open and show here; what still fires when it ends is told then.</p>
        <MultiSelect size="sm" label="Rules" placeholder={draft.ruleIds.length ? '' : 'Any rule'} searchable data={rules.map(({ id, name }) => ({ value: id, label: name }))} value={draft.ruleIds} onChange={(ruleIds) => set({ ruleIds })} error={error('rule_ids')} />
        <TagsInput size="sm" label="Where" description="service = checkout, path =~ /api/.*; all of them have to hold" placeholder={draft.matchers.length ? '' : 'label = value'} value={draft.matchers} onChange={(matchers) => set({ matchers })} error={error('matchers')} acceptValueOnBlur splitChars={[]} />
        <Hides draft={draft} incidents={incidents} />
        <Times draft={draft} set={set} zone={zone} error={error} />
        <TextInput label="Why" placeholder="Restoring the snapshot" maxLength={500} value={draft.reason} onChange={(event) => set({ reason: event.currentTarget.value })} error={error('reason')} data-autofocus />
        <FormProblem problem={save.error} />
        <FormFoot problem={save.error}>
          <Button onClick={onClose}>Cancel</Button>
          <GuardedButton type="submit" variant="filled" allowed={allowed} needs="operator" loading={save.isPending}>{silence ? 'Save silence' : 'Silence'}</GuardedButton>
        </FormFoot>
      </form>
    </Modal>
  );
};
