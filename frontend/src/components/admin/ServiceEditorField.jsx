import { NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import { ServiceEditorAssertions } from './ServiceEditorAssertions.jsx';
import { ServiceEditorPairs } from './ServiceEditorPairs.jsx';
import styles from './editor.module.css';

export const hintLast = ['label', 'input', 'description', 'error'];

const typed = (field) => ({
  label: field.label,
  description: field.hint,
  placeholder: field.placeholder,
  required: field.required,
  withAsterisk: false,
  inputWrapperOrder: hintLast,
  classNames: field.mono ? { input: styles.mono } : undefined,
});

const controls = {
  text: ({ field, value, onChange, error }) => <TextInput {...typed(field)} value={value ?? ''} error={error} onChange={(event) => onChange(event.currentTarget.value)} autoComplete="off" spellCheck={false} />,
  area: ({ field, value, onChange, error }) => <Textarea {...typed(field)} autosize minRows={2} value={value ?? ''} error={error} onChange={(event) => onChange(event.currentTarget.value)} />,
  number: ({ field, value, onChange, error }) => (
    <NumberInput {...typed(field)} min={field.min} max={field.max} hideControls suffix={field.unit ? ` ${field.unit}` : undefined} value={value ?? ''} error={error} onChange={(next) => onChange(next === '' ? null : Number(next))} />
  ),
  select: ({ field, value, onChange, error }) => <NativeSelect {...typed(field)} data={field.options} value={value ?? field.start} error={error} onChange={(event) => onChange(event.currentTarget.value)} />,
  switch: ({ field, value, onChange, error }) => <Switch className={styles.switch} label={field.label} description={field.hint} checked={value ?? field.start ?? false} error={error} onChange={(event) => onChange(event.currentTarget.checked)} />,
  pairs: ({ field, value, onChange, error }) => <ServiceEditorPairs label={field.label} value={value ?? {}} onChange={onChange} error={error} />,
  assertions: ({ field, value, onChange, error }) => <ServiceEditorAssertions label={field.label} value={value ?? []} onChange={onChange} error={error} />,
};

const wide = new Set(['area', 'pairs', 'assertions', 'switch']);
const wideNames = new Set(['url', 'dsn', 'query']);

/** One field of a check, drawn by its type. `error`: the server's words against it. */
export const ServiceEditorField = ({ field, value, onChange, error }) => {
  const Control = controls[field.type];
  return (
    <div className={wide.has(field.type) || wideNames.has(field.name) ? styles.wide : ''}>
      <Control field={field} value={value} onChange={onChange} error={error} />
    </div>
  );
};
