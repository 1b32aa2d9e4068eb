import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useUpdateUser } from '../../../api/users.js';
import { FormFoot, FormProblem } from '../../../components/FormProblem.jsx';
import { newPassword } from '../../../lib/newPassword.js';
import { GeneratedPassword } from './GeneratedPassword.jsx';

const Form = ({ user, onClose }) => {
  const update = useUpdateUser();
  const [password, setPassword] = useState(newPassword);
  const submit = (event) => {
    event.preventDefault();
    update.mutate({ name: user.name, password }, { onSuccess: onClose });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="mid">The sessions of {user.name} end when it is set.</p>
      <FormProblem problem={update.error} />
      <GeneratedPassword value={password} onChange={setPassword} error={update.error?.field?.('password')} />
      <FormFoot problem={update.error}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={update.isPending}>Set password</Button>
      </FormFoot>
    </form>
  );
};

/** Replaces the password of somebody who lost it. */
export const NewPassword = ({ user }) => {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button size="xs" variant="subtle" aria-label={`Set a new password for ${user.name}`} onClick={() => setOpen(true)}>New password</Button>
      <Modal opened={open} onClose={close} title={`New password for ${user.name}`} size={460}><Form user={user} onClose={close} /></Modal>
    </>
  );
};
