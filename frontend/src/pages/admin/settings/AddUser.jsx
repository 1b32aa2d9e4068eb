import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useCreateUser } from '../../../api/users.js';
import { FormFoot, FormProblem } from '../../../components/FormProblem.jsx';
import { newPassword } from '../../../lib/newPassword.js';
import { GeneratedPassword } from './GeneratedPassword.jsx';

const mayDo = { viewer: 'Reads everything', operator: 'Also checks now, plans maintenance, makes tokens', admin: 'Also changes services and users' };

const Roles = () => (
  <Radio.Group name="role" label="Role" defaultValue="viewer">
    <div className="stack" style={{ gap: 8, marginTop: 4 }}>
      {Object.entries(mayDo).map(([role, words]) => <Radio key={role} size="xs" value={role} label={<span className="mid"><b className="strong">{role}</b> · {words}</span>} />)}
    </div>
  </Radio.Group>
);

const Form = ({ onClose }) => {
  const create = useCreateUser();
  const [password, setPassword] = useState(newPassword);
  const problem = create.error;
  const submit = (event) => {
    event.preventDefault();
    const { name, role } = Object.fromEntries(new FormData(event.currentTarget));
    create.mutate({ name, role, password }, { onSuccess: onClose });
  };
  const nameError = problem?.field?.('name') || (problem?.status === 409 && 'This name is taken. Choose another');
  return (
    <form className="stack" onSubmit={submit}>
      <FormProblem problem={problem?.status === 409 ? null : problem} />
      <TextInput name="name" label="Name" description="a-z, 0-9, dot, underscore and hyphen" required withAsterisk={false} data-autofocus autoCapitalize="none" spellCheck={false} error={nameError} />
      <Roles />
      <GeneratedPassword value={password} onChange={setPassword} error={problem?.field?.('password')} />
      <FormFoot problem={problem}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={create.isPending}>Add user</Button>
      </FormFoot>
    </form>
  );
};

export const AddUser = ({ opened, onClose }) => (
  <Modal opened={opened} onClose={onClose} title="Add user" size={460}>
    <Form onClose={onClose} />
  </Modal>
);
