import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { newSigningSecret } from '../../../lib/channelDraft.js';
import { Moment } from '../../Moment.jsx';
import { NewSecret } from './NewSecret.jsx';
import styles from './channels.module.css';

const order = ['label', 'input', 'error', 'description'];

/** That it is set, since when and how it ends: what is stored is never shown. */
const Set_ = ({ label, state, onReplace }) => (
  <div className={styles.secret}>
    <span className={styles.label}>{label}</span>
    <div>
      <span className="grow">Set <Moment at={state.set_at} /> <span className="mono dim">{state.hint}</span></span>
      <Button size="xs" aria-label={`Replace ${label.toLowerCase()}`} onClick={onReplace}>Replace</Button>
    </div>
  </div>
);

/** A secret: written, never read back. `state`: {set_at, hint} of the stored one; empty keeps it. */
export const SecretField = ({ field, state, value, onChange, error, disabled }) => {
  const [replacing, setReplacing] = useState(false);
  const [made, setMade] = useState('');
  if (state && !replacing && !error) return <Set_ label={field.label} state={state} onReplace={() => setReplacing(true)} />;
  const keep = () => { setReplacing(false); setMade(''); onChange(''); };
  const make = () => { const secret = newSigningSecret(); setMade(secret); onChange(secret); };
  const isAddress = field.placeholder?.includes('://');
  const Input = isAddress ? TextInput : PasswordInput;
  return (
    <div>
      <Input label={field.label} description={field.hint} placeholder={field.placeholder} required={field.required && !state} withAsterisk={false} inputWrapperOrder={order} error={error} disabled={disabled} autoComplete="new-password" spellCheck={false} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)} />
      <div className={styles.secretLinks}>
        {field.canMake && <button type="button" className="link small tall" onClick={make}>Make one</button>}
        {state && <button type="button" className="link small tall" onClick={keep}>Keep the stored one</button>}
      </div>
      {made && made === value && <NewSecret value={made} />}
    </div>
  );
};
