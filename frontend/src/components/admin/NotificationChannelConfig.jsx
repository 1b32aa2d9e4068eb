import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { channelErrors } from '../../lib/channelErrors.js';
import { channelKind, fieldsOfChannel } from '../../lib/channelKinds.js';
import { plural } from '../../lib/formatNumber.js';
import { isOfFile, whereToChange } from '../../lib/fileWords.js';
import { FileBadge } from '../FileBadge.jsx';
import { FormProblem } from '../FormProblem.jsx';
import { GuardedButton } from '../GuardedButton.jsx';
import { Icon } from '../Icon.jsx';
import { DelayInput } from './alerts/DelayInput.jsx';
import { ChannelField } from './channels/ChannelField.jsx';
import { ChannelTest } from './channels/ChannelTest.jsx';
import { SignatureExample } from './channels/SignatureExample.jsx';
import styles from './channels/channels.module.css';

const noSecrets = {};

const Head = ({ channel, draft, narrow, act }) => (
  <header className={styles.head}>
    {narrow && <button type="button" className={styles.iconButton} aria-label="Back to the channels" onClick={act.close}><Icon name="left" /></button>}
    <h2 className="trunc">{channel ? channel.name : `New ${channelKind(draft.kind).word} channel`}</h2>
    <span className="badge line">{channelKind(draft.kind).word}</span>
    {channel && <span className="badge line">Version {channel.version}</span>}
    <FileBadge one={channel} />
    <span className="grow" />
    {!narrow && <button type="button" className={styles.iconButton} aria-label="Close the editor" onClick={act.close}><Icon name="close" /></button>}
  </header>
);

const Conflict = ({ theirs, act }) => (
  <div className="note warn small" role="alert">
    <span className="grow"><b className="strong">{theirs} saved another version meanwhile.</b> Nothing of yours is lost.</span>
    <button type="button" className="link" onClick={act.takeTheirs}>Load theirs</button>
    <button type="button" className="link" onClick={act.overwrite}>Save mine over it</button>
  </div>
);

const useFocusOnRefusal = (form, problem) =>
  useEffect(() => {
    if (problem?.errors?.length) form.current?.querySelector(':is(input, textarea, select)[aria-invalid="true"], [data-invalid] input')?.focus();
  }, [form, problem]);

/**
 * Where messages go: a form by kind, in which secrets are written and never read. `channel`: as it is saved, null for a
 * new one; `draft` with `set(changes)`; `others`: channels that may stand in; `save`, `test`: mutation results; `theirs`:
 * who saved a newer version; `act`: {save, test, remove, close, takeTheirs, overwrite}; `children`: its last messages.
 */
export const NotificationChannelConfig = ({ channel, draft, set, isChanged, others, save, test, theirs, can, act, narrow, children }) => {
  const form = useRef(null);
  const refusal = [save.error, test.error].filter((problem) => problem?.errors?.length).at(-1) ?? save.error;
  const errors = channelErrors(refusal?.errors);
  const isNew = !channel;
  const editable = can.administer && !isOfFile(channel);
  const canTest = isNew || isChanged ? can.administer : can.edit;
  useFocusOnRefusal(form, refusal);
  return (
    <section className={`card ${styles.editor}`} aria-label={channel ? channel.name : 'New channel'}>
      <Head channel={channel} draft={draft} narrow={narrow} act={act} />
      <form ref={form} className={styles.form} noValidate onSubmit={(event) => { event.preventDefault(); act.save(); }}>
        {theirs && <Conflict theirs={theirs} act={act} />}
        {!can.administer && <p className="note info small">Needs the admin role to change it.</p>}
        {isOfFile(channel) && <p className="note info small">{whereToChange('This channel', channel)}</p>}
        <fieldset className={styles.fields} disabled={!editable}>
          <div data-field="name"><TextInput label="Name" maxLength={100} required withAsterisk={false} placeholder={draft.kind === 'slack' ? '#ops' : 'Operations'} value={draft.name} error={errors.get('name')} onChange={(event) => set({ name: event.currentTarget.value })} /></div>
          <NativeSelect label="When it refuses, or takes too long" data={[{ value: '', label: 'Nothing else' }, ...others.map((one) => ({ value: one.id, label: `Send to ${one.name}` }))]} value={draft.fallback ?? ''} error={errors.get('fallback')} onChange={(event) => set({ fallback: event.currentTarget.value || null })} />
          {draft.fallback && <DelayInput label="Too long is" description="Since the message was queued; at least 30 s" inputWrapperOrder={['label', 'input', 'error', 'description']} min={30} seconds={draft.fallback_after_seconds} onChange={(fallback_after_seconds) => set({ fallback_after_seconds })} error={errors.get('fallback_after_seconds')} />}
          {fieldsOfChannel(draft).map((field) => <ChannelField key={`${draft.kind}${field.name}${channel?.version ?? ''}`} field={field} secrets={channel?.secrets ?? noSecrets} value={draft[field.name]} onChange={(value) => set({ [field.name]: value })} error={errors.get(field.name)} disabled={!editable} />)}
          <Switch className={styles.wide} label="Active" description="Off, nothing is sent to it, nor to what stands in for it" checked={draft.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
        </fieldset>
        {draft.kind === 'webhook' && <SignatureExample />}
        <ChannelTest run={test} />
        {save.error?.status !== 412 && <FormProblem problem={save.error} />}
        <button type="submit" hidden />
      </form>
      {children}
      <footer className={styles.foot}>
        <span className={`grow small ${errors.size ? 't-down' : 'dim'}`} role="status">{errors.size ? `${plural(errors.size, 'field')} to fix` : isChanged && channel ? 'Not saved yet' : ''}</span>
        {channel && editable && <Button variant="subtle" className="t-down" onClick={act.remove}>Delete</Button>}
        <Button onClick={act.close}>{isChanged || isNew ? 'Cancel' : 'Close'}</Button>
        <GuardedButton allowed={canTest} needs={isNew || isChanged ? 'admin' : 'operator'} loading={test.isPending} leftSection={<Icon name="send" size={13} />} onClick={act.test}>Send test</GuardedButton>
        <GuardedButton allowed={editable && (isNew || isChanged)} reason={isOfFile(channel) ? 'It stands in the file' : can.administer ? 'Nothing is changed' : undefined} variant="filled" loading={save.isPending} onClick={act.save}>{isNew ? 'Create channel' : 'Save channel'}</GuardedButton>
      </footer>
    </section>
  );
};
