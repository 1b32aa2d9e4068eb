import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../Icon.jsx';
import styles from './editor.module.css';

const asRecord = (rows) => Object.fromEntries(rows.filter(([name]) => name.trim()).map(([name, value]) => [name.trim(), value]));

/** Names with values, such as headers. Rows stay as typed; what has no name is left out of the value. */
export const ServiceEditorPairs = ({ label, value, onChange, error }) => {
  const [rows, setRows] = useState(() => Object.entries(value));
  const put = (next) => {
    setRows(next);
    onChange(asRecord(next));
  };
  const set = (at, cell, text) => put(rows.map((row, index) => (index === at ? row.with(cell, text) : row)));
  return (
    <fieldset className={styles.rows}>
      <legend>{label}</legend>
      {rows.map(([name, text], at) => (
        <div key={at} className={styles.pair}>
          <TextInput aria-label={`${label}, name ${at + 1}`} placeholder="Name" classNames={{ input: styles.mono }} value={name} onChange={(event) => set(at, 0, event.currentTarget.value)} />
          <TextInput aria-label={`${label}, value ${at + 1}`} placeholder="Value" classNames={{ input: styles.mono }} value={text} onChange={(event) => set(at, 1, event.currentTarget.value)} />
          <ActionIcon variant="subtle" size={32} aria-label={`Remove ${name || `row ${at + 1}`}`} onClick={() => put(rows.toSpliced(at, 1))}><Icon name="close" size={14} /></ActionIcon>
        </div>
      ))}
      {error && <p className="small t-down" role="alert">{error}</p>}
      <Button size="xs" leftSection={<Icon name="plus" size={12} />} onClick={() => setRows([...rows, ['', '']])}>Add a row</Button>
    </fieldset>
  );
};
