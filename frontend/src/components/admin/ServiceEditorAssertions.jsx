import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { Icon } from '../Icon.jsx';
import styles from './editor.module.css';

const operators = ['exists', 'absent', '==', '!=', '<', '<=', '>', '>=', 'contains', 'matches'];
const alone = new Set(['exists', 'absent']);

/** `true`, `12` and `"12"` as JSON means them; anything else is text. */
const valueOf = (text) => {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? text : value;
  } catch {
    return text;
  }
};

const textOf = (value) => (value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** Statements on a JSON answer: path, operator, value. */
export const ServiceEditorAssertions = ({ label, value, onChange, error }) => {
  const set = (at, changes) => onChange(value.map((one, index) => (index === at ? { ...one, ...changes } : one)));
  return (
    <fieldset className={styles.rows}>
      <legend>{label}</legend>
      {value.map((one, at) => (
        <div key={at} className={styles.assertion}>
          <TextInput aria-label={`Path ${at + 1}`} placeholder="$.status" classNames={{ input: styles.mono }} value={one.path} onChange={(event) => set(at, { path: event.currentTarget.value })} />
          <NativeSelect aria-label={`Operator ${at + 1}`} data={operators} value={one.operator} onChange={(event) => set(at, { operator: event.currentTarget.value, value: alone.has(event.currentTarget.value) ? null : one.value })} />
          {alone.has(one.operator) ? <span /> : <TextInput aria-label={`Value ${at + 1}`} placeholder="ok" classNames={{ input: styles.mono }} value={textOf(one.value)} onChange={(event) => set(at, { value: valueOf(event.currentTarget.value) })} />}
          <ActionIcon variant="subtle" size={32} aria-label={`Remove statement ${at + 1}`} onClick={() => onChange(value.toSpliced(at, 1))}><Icon name="close" size={14} /></ActionIcon>
        </div>
      ))}
      {error && <p className="small t-down" role="alert">{error}</p>}
      <Button size="xs" leftSection={<Icon name="plus" size={12} />} onClick={() => onChange([...value, { path: '', operator: 'exists', value: null }])}>Add a statement</Button>
    </fieldset>
  );
};
