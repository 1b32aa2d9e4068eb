import { NumberInput, Switch, TagsInput, TextInput } from '@mantine/core';
import { idFrom, thresholdWords } from '../../lib/serviceSpec.js';
import { hintLast } from './ServiceEditorField.jsx';
import styles from './editor.module.css';

const seconds = (spec, set, errors) => (name, label, min) => (
  <NumberInput label={label} suffix=" s" hideControls min={min} value={spec[name]} error={errors.get(name)} onChange={(value) => set({ [name]: Number(value) || 0 })} />
);

const times = (spec, set, errors) => (name, label) => (
  <NumberInput label={label} min={1} max={20} value={spec[name]} error={errors.get(name)} onChange={(value) => set({ [name]: Number(value) || 1 })} />
);

/** Name, id, group and tags. The name proposes the id until the id is typed or the service exists. */
export const ServiceEditorNames = ({ spec, set, errors, groups, isNew }) => {
  const followed = isNew && (spec.id === '' || spec.id === idFrom(spec.name));
  const rename = (name) => set(followed ? { name, id: idFrom(name) } : { name });
  return (
    <section className={styles.fields}>
      <TextInput label="Name" placeholder="Shop API" value={spec.name} maxLength={100} error={errors.get('name')} onChange={(event) => rename(event.currentTarget.value)} />
      <TextInput label="Id" inputWrapperOrder={hintLast} description={isNew ? 'Cannot be changed later' : undefined} classNames={{ input: styles.mono }} disabled={!isNew} value={spec.id} error={errors.get('id')} onChange={(event) => set({ id: event.currentTarget.value })} />
      <TextInput label="Group" list="service-groups" value={spec.group} error={errors.get('group')} onChange={(event) => set({ group: event.currentTarget.value })} />
      <TagsInput label="Tags" size="sm" value={spec.tags} error={errors.get('tags')} onChange={(tags) => set({ tags })} />
      <datalist id="service-groups">{groups.map((group) => <option key={group} value={group} />)}</datalist>
    </section>
  );
};

/** How often, how long, and what it takes to change the status, said in words. */
export const ServiceEditorTiming = ({ spec, set, errors }) => {
  const second = seconds(spec, set, errors);
  const count = times(spec, set, errors);
  return (
    <section>
      <h3 className={styles.heading}>When</h3>
      <div className={styles.fields}>
        {second('interval_seconds', 'Check every', 1)}
        {second('timeout_seconds', 'Give up after', 0.1)}
        {count('failure_threshold', 'Failures until down')}
        {count('success_threshold', 'Passes until healthy')}
      </div>
      <p className={`small mid ${styles.words}`} aria-live="polite">{thresholdWords(spec)}</p>
    </section>
  );
};

export const ServiceEditorVisibility = ({ spec, set, errors }) => (
  <section className={styles.fields}>
    <Switch className={`${styles.wide} ${styles.switch}`} label="Show on the public status page" checked={spec.public} onChange={(event) => set({ public: event.currentTarget.checked })} />
    {spec.public && <TextInput className={styles.wide} label="Public name" placeholder={spec.name || spec.id} value={spec.public_name ?? ''} error={errors.get('public_name')} onChange={(event) => set({ public_name: event.currentTarget.value || null })} />}
    <Switch className={`${styles.wide} ${styles.switch}`} label="Paused: keep it, but do not check it" checked={spec.paused} onChange={(event) => set({ paused: event.currentTarget.checked })} />
  </section>
);
