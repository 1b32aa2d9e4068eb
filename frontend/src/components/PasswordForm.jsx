import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { FormProblem, useRetrySeconds } from './FormProblem.jsx';

export const shortestPassword = 12;
const eye = { 'aria-label': 'Show the password' };

const currentError = (problem) =>
  problem?.extensions?.code === 'wrong_password' ? 'The current password is wrong' : problem?.field?.('current_password');

/** The fault of a new password that can be told before it is sent. */
const newError = ({ current, fresh, again }) => {
  if (fresh.length < shortestPassword) return { fresh: `At least ${shortestPassword} characters. This has ${fresh.length}` };
  if (fresh === current) return { fresh: 'The new password must differ from the current one' };
  return fresh === again ? {} : { again: 'This differs from the new password' };
};

/** Changes one's own password. `problem`, `refusedAt`: the last refusal; `onSubmit` gets the body of the request. */
export const PasswordForm = ({ onSubmit, pending, problem, refusedAt, action = 'Change password' }) => {
  const [faults, setFaults] = useState({});
  const wait = useRetrySeconds(problem, refusedAt);
  const submit = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { current, fresh, again } = Object.fromEntries(new FormData(form));
    const found = newError({ current, fresh, again });
    setFaults(found);
    const [first] = Object.keys(found);
    if (first) form.elements[first].focus();
    else onSubmit({ current_password: current, new_password: fresh }, { onSuccess: () => form.reset() });
  };
  const general = problem && !currentError(problem) && !problem.field?.('new_password') ? problem : null;
  const field = { required: true, withAsterisk: false, visibilityToggleButtonProps: eye };
  return (
    <form onSubmit={submit} className="stack" noValidate>
      <FormProblem problem={general} />
      <PasswordInput name="current" label="Current password" autoComplete="current-password" error={currentError(problem)} {...field} />
      <PasswordInput name="fresh" label="New password" description={`At least ${shortestPassword} characters`} autoComplete="new-password"
        error={faults.fresh ?? problem?.field?.('new_password')} {...field} />
      <PasswordInput name="again" label="New password again" autoComplete="new-password" error={faults.again} {...field} />
      <Button type="submit" variant="filled" loading={pending} disabled={wait > 0}>{wait > 0 ? `Again in ${wait} s` : action}</Button>
    </form>
  );
};
