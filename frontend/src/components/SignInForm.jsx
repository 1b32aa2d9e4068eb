import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormProblem, useRetrySeconds } from './FormProblem.jsx';

const refused = (problem) => problem?.status === 401;

/** Name and password. `problem`, `refusedAt`: the last refusal and when it came (ms); `name`: fixed when one signs in again. */
export const SignInForm = ({ onSubmit, pending, problem, refusedAt, name = '' }) => {
  const [capsLock, setCapsLock] = useState(false);
  const wait = useRetrySeconds(problem, refusedAt);
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit({ username: form.get('username'), password: form.get('password') });
  };
  return (
    <form onSubmit={submit} className="stack">
      {refused(problem) ? (
        <div className="note bad" role="alert">Name or password is wrong, or the account is disabled.</div>
      ) : problem?.status === 429 ? (
        <div className="note bad" role="alert">Too many tries.{wait > 0 && <span className="num"> Again in {wait} s.</span>}</div>
      ) : (
        <FormProblem problem={problem} />
      )}
      <TextInput name="username" label="Name" autoComplete="username" autoCapitalize="none" spellCheck={false} required withAsterisk={false}
        defaultValue={name} data-autofocus={!name || undefined} autoFocus={!name} />
      <PasswordInput name="password" label="Password" autoComplete="current-password" required withAsterisk={false}
        description={capsLock ? 'Caps Lock is on' : undefined} autoFocus={Boolean(name)} data-autofocus={Boolean(name) || undefined}
        onKeyUp={(event) => setCapsLock(Boolean(event.getModifierState?.('CapsLock')))}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }} />
      <Button type="submit" variant="filled" fullWidth loading={pending} disabled={wait > 0}>
        {wait > 0 ? `Again in ${wait} s` : 'Sign in'}
      </Button>
    </form>
  );
};
