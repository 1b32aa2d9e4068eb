import { MultiSelect, NativeSelect, TagsInput, Textarea, TextInput } from '@mantine/core';
import { channelKind } from '../../../lib/channelKinds.js';
import styles from './rules.module.css';

const Option = ({ channel }) => (
  <span className={styles.option}>
    <b className="strong">{channel.name}</b>
    <span className="small dim">{channelKind(channel.kind).word}{!channel.enabled && ', off'}</span>
    <span className="small mid trunc">{channel.target}</span>
  </span>
);

/** Whom the rule tells, and who comes next while nobody acknowledges. `channels`, `policies`: lists. */
export const NotifyFields = ({ draft, set, field, channels, policies }) => {
  const byId = new Map(channels.map((channel) => [channel.id, channel]));
  const label = ({ id, name, kind }) => ({ value: id, label: `${name} · ${channelKind(kind).word}` });
  const gone = draft.channels.filter((id) => !byId.has(id)).map((id) => ({ value: id, label: `${id}, deleted` }));
  return (
    <>
      <MultiSelect {...field('channels')} label="Notify" classNames={{ inputField: styles.tag }} placeholder={draft.channels.length ? 'Add' : 'Nobody: it shows in the app only'} data={[...channels.map(label), ...gone]} value={draft.channels} onChange={(next) => set({ channels: next })} searchable hidePickedOptions
        nothingFoundMessage={channels.length ? 'No such channel' : 'There are no channels yet'} renderOption={({ option }) => (byId.has(option.value) ? <Option channel={byId.get(option.value)} /> : option.label)} />
      <NativeSelect {...field('escalation_policy')} label="Escalation" data={[{ value: '', label: 'None' }, ...policies.map(({ id, name }) => ({ value: id, label: name }))]} value={draft.escalation_policy ?? ''} onChange={(event) => set({ escalation_policy: event.currentTarget.value || null })} />
    </>
  );
};

const advanced = ['group_by', 'mute_timings', 'description', 'runbook_url'];

/** What most rules do without. Opens by itself when a field in it is wrong. */
export const AdvancedFields = ({ draft, set, field, metric, muteTimings, errors }) => (
  <details className={styles.advanced} open={advanced.some((name) => errors.has(name)) || undefined}>
    <summary>Grouping, quiet hours, description, runbook</summary>
    <div className={styles.fields}>
      <TagsInput {...field('group_by')} label="One incident for each" placeholder={draft.group_by.length ? '' : 'One for all'} data={metric.labels} value={draft.group_by} onChange={(next) => set({ group_by: next })} maxTags={10} />
      <MultiSelect {...field('mute_timings')} label="Quiet during" placeholder={draft.mute_timings.length ? '' : 'Never'} data={muteTimings.map(({ id, name }) => ({ value: id, label: name }))} value={draft.mute_timings} onChange={(next) => set({ mute_timings: next })} nothingFoundMessage="There are no mute timings yet" />
      <Textarea {...field('description')} label="Description" autosize minRows={2} maxRows={8} placeholder="What it means, and what to do first" value={draft.description} onChange={(event) => set({ description: event.currentTarget.value })} />
      <TextInput {...field('runbook_url')} label="Runbook" placeholder="https://" value={draft.runbook_url ?? ''} onChange={(event) => set({ runbook_url: event.currentTarget.value || null })} />
    </div>
  </details>
);
