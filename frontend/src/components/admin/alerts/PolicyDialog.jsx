import { Button, Modal, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChannels } from '../../../api/alertChannels.js';
import { useSavePolicy } from '../../../api/escalation.js';
import { announce } from '../../../lib/announce.js';
import { plural } from '../../../lib/formatNumber.js';
import { isSamePolicy, newPolicy, policyDraft, policySpec } from '../../../lib/policyForm.js';
import { usePhone } from '../../../lib/usePhone.js';
import { isOfFile, whereToChange } from '../../../lib/fileWords.js';
import { FormFoot, FormProblem } from '../../FormProblem.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import { StatusShape } from '../../StatusShape.jsx';
import { DelayInput } from './DelayInput.jsx';
import styles from './policies.module.css';
import { PolicySteps } from './PolicySteps.jsx';

const faultsOf = (draft) => ({
  ...(!draft.name.trim() && { name: 'Give it a name' }),
  ...Object.fromEntries(draft.steps.flatMap(({ channels }, at) => (channels.length ? [] : [[`steps[${at}].channels`, 'Choose at least one channel']]))),
});

const idsAsChoices = (draft, channels) => {
  const known = channels.map(({ id, name }) => ({ value: id, label: name }));
  const gone = draft.steps.flatMap((step) => step.channels).filter((id) => !known.some(({ value }) => value === id));
  return [...known, ...[...new Set(gone)].map((id) => ({ value: id, label: id }))];
};

/** Someone saved another version while this one was edited. */
const Newer = ({ policy, onTake, onKeep }) => (
  <div className="note warn small" role="alert">
    <StatusShape status="degraded" />
    <span className="grow"><b className="strong">Version {policy.version} was saved meanwhile.</b> It is not shown here. Nothing of yours is lost.</span>
    <button type="button" className="link" onClick={onTake}>Take theirs</button>
    <button type="button" className="link" onClick={onKeep}>Keep mine on top</button>
  </div>
);

/** A policy while it is edited, against the version it started from. */
const useDraft = (policy) => {
  const [base, setBase] = useState({ version: policy?.version, draft: policy ? policyDraft(policy) : newPolicy });
  const [draft, setDraft] = useState(base.draft);
  const latest = policy && { version: policy.version, draft: policyDraft(policy) };
  const takeTheirs = () => {
    setBase(latest);
    setDraft(latest.draft);
  };
  const isNewer = Boolean(latest) && latest.version !== base.version;
  if (isNewer && isSamePolicy(draft, base.draft)) takeTheirs();
  return { draft, set: (changes) => setDraft({ ...draft, ...changes }), version: base.version, isNewer, takeTheirs, keepMine: () => setBase(latest) };
};

/** An escalation policy: made, changed or, when it stands in a file, only shown. `policy`: null for a new one. */
export const PolicyDialog = ({ policy, allowed, onClose }) => {
  const phone = usePhone();
  const save = useSavePolicy();
  const channels = useChannels().data?.channels ?? [];
  const { draft, set, version, isNewer, takeTheirs, keepMine } = useDraft(policy);
  const [faults, setFaults] = useState({});
  const readOnly = isOfFile(policy) || !allowed;
  const fault = (path) => faults[path] || save.error?.within?.(path) || undefined;
  const submit = (event) => {
    event.preventDefault();
    const found = faultsOf(draft);
    setFaults(found);
    if (Object.keys(found).length) return;
    save.mutate({ id: policy?.id, version, spec: policySpec(draft) }, {
      onSuccess: (saved) => {
        announce(`${saved.name} is saved as version ${saved.version}.`);
        onClose();
      },
    });
  };
  const general = save.error && [409, 412].includes(save.error.status) && isNewer ? null : save.error;
  return (
    <Modal opened onClose={onClose} size={620} fullScreen={phone} title={policy ? policy.name : 'New escalation policy'}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {isNewer && <Newer policy={policy} onTake={takeTheirs} onKeep={keepMine} />}
        {policy?.running.length > 0 && <p className="small mid">{plural(policy.running.length, 'incident escalates', 'incidents escalate')} by it now, each by the copy it started with: a change does not reach them.</p>}
        {isOfFile(policy) && <p className="note info small">{whereToChange('This policy', policy)}</p>}
        <TextInput label="Policy name" maxLength={100} readOnly={readOnly} value={draft.name} onChange={(event) => set({ name: event.currentTarget.value })} error={fault('name')} data-autofocus />
        <PolicySteps steps={draft.steps} channels={idsAsChoices(draft, channels)} set={(steps) => set({ steps })} fault={fault} readOnly={readOnly} />
        <div className={styles.two}>
          <NumberInput label="Then again" description="While nobody acknowledges" min={0} max={100} suffix={draft.repeats === 1 ? ' time' : ' times'} readOnly={readOnly} value={draft.repeats} onChange={(value) => set({ repeats: Number(value) || 0 })} error={fault('repeats')} />
          <DelayInput label="After the last step" description="At least 1 min" min={60} readOnly={readOnly} disabled={!draft.repeats} seconds={draft.repeat_delay_seconds} onChange={(repeat_delay_seconds) => set({ repeat_delay_seconds })} error={fault('repeat_delay_seconds')} />
        </div>
        <Textarea label="Note" autosize minRows={1} maxLength={2000} readOnly={readOnly} value={draft.note} onChange={(event) => set({ note: event.currentTarget.value })} error={fault('note')} />
        <FormProblem problem={general} />
        <FormFoot problem={save.error}>
          <Button onClick={onClose}>{readOnly ? 'Close' : 'Cancel'}</Button>
          {!isOfFile(policy) && <GuardedButton type="submit" variant="filled" allowed={allowed && !isNewer} needs="operator" reason={allowed ? 'Choose first: theirs or yours' : undefined} loading={save.isPending}>Save policy</GuardedButton>}
        </FormFoot>
      </form>
    </Modal>
  );
};
