import { Textarea } from '@mantine/core';
import { useState } from 'react';
import styles from './settings.module.css';

const anything = () => '';

const parsed = (text, faultOf) => {
  try {
    const value = JSON.parse(text);
    return { value, error: faultOf(value) };
  } catch (error) {
    return { error: `This is no JSON: ${error.message}` };
  }
};

/** Any value as JSON: for what no control can show. What is typed counts when it is JSON and `faultOf(value)` has nothing
    against it; `onFault(words)` tells when not. */
export const SettingsJsonField = ({ field, value, onChange, faultOf = anything, onFault, error, disabled, rows = 3 }) => {
  const written = JSON.stringify(value, null, 2) ?? '';
  const [text, setText] = useState(written);
  const [shown, setShown] = useState(written);
  const [fault, setFault] = useState('');
  if (written !== shown) {
    setShown(written);
    if (JSON.stringify(parsed(text, anything).value) !== JSON.stringify(value)) setText(written); // changed elsewhere, not by typing here
  }
  const change = (event) => {
    const next = event.currentTarget.value;
    const { value: read, error: words } = parsed(next, faultOf);
    setText(next);
    setFault(words);
    onFault?.(words);
    if (!words) onChange(read);
  };
  return (
    <Textarea label={field.label} description={field.hint || undefined} inputWrapperOrder={['label', 'input', 'error', 'description']} classNames={{ input: styles.code }} autosize minRows={rows} maxRows={22} spellCheck={false} value={text} onChange={change} error={fault || error || undefined} disabled={disabled} />
  );
};
