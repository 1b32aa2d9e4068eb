import { NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { ServiceEditorPairs } from '../ServiceEditorPairs.jsx';
import { SecretField } from './SecretField.jsx';
import styles from './channels.module.css';

const input = ({ field, error, disabled }) => ({
  label: field.label, description: field.hint, placeholder: field.placeholder, required: field.required, withAsterisk: false, inputWrapperOrder: ['label', 'input', 'error', 'description'], error, disabled, autoComplete: 'off', spellCheck: false,
});

const controls = {
  text: ({ value, onChange, ...rest }) => <TextInput {...input(rest)} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)} />,
  number: ({ value, onChange, ...rest }) => <NumberInput {...input(rest)} hideControls value={value ?? ''} onChange={(next) => onChange(next === '' ? null : Number(next))} />,
  select: ({ value, onChange, ...rest }) => <NativeSelect {...input(rest)} data={rest.field.options.map(([one, label]) => ({ value: one, label }))} value={value ?? rest.field.start} onChange={(event) => onChange(event.currentTarget.value)} />,
  list: ({ value, onChange, ...rest }) => <TagsInput {...input(rest)} placeholder={value?.length ? '' : rest.field.placeholder} splitChars={[',', ' ', ';']} acceptValueOnBlur value={value ?? []} onChange={onChange} />,
  pairs: ({ field, value, onChange, error }) => <ServiceEditorPairs label={field.label} value={value ?? {}} onChange={onChange} error={error} />,
  secret: SecretField,
};
const wide = new Set(['secret', 'list', 'pairs']);

/** One field of a channel, drawn by its type. `secrets`: what is stored, by name. */
export const ChannelField = ({ field, secrets, ...control }) => {
  const Control = controls[field.type];
  return <div className={wide.has(field.type) ? styles.wide : ''} data-field={field.name}><Control field={field} state={secrets[field.name]} {...control} /></div>;
};
