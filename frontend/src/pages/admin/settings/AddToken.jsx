import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useCreateToken } from '../../../api/tokens.js';
import { CopyButton } from '../../../components/CopyButton.jsx';
import { FormFoot, FormProblem } from '../../../components/FormProblem.jsx';
import { useUser } from '../../../hooks/useUser.js';
import { rolesUpTo } from './roles.js';
import styles from './Settings.module.css';

const lifetimes = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
];
const endOf = (days) => (days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : null);

const Form = ({ create, onClose }) => {
  const { role } = useUser();
  const problem = create.error;
  const submit = (event) => {
    event.preventDefault();
    const { label, role: chosen, days } = Object.fromEntries(new FormData(event.currentTarget));
    create.mutate({ label, role: chosen, expires_at: endOf(days) });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <FormProblem problem={problem} />
      <TextInput name="label" label="Name" description="What uses it, for example: Deploy pipeline" required withAsterisk={false} data-autofocus maxLength={100} error={problem?.field?.('label')} />
      <NativeSelect name="role" label="Role" description="At most your own" data={rolesUpTo(role)} error={problem?.field?.('role')} />
      <NativeSelect name="days" label="Ends" data={lifetimes} defaultValue="90" error={problem?.field?.('expires_at')} />
      <FormFoot problem={problem}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={create.isPending}>Create token</Button>
      </FormFoot>
    </form>
  );
};

const Secret = ({ secret, label, onStored }) => (
  <div className="stack">
    <p className="mid">This is the only time the secret of {label} is shown. Belfry keeps no copy.</p>
    <div className={styles.secret}><code>{secret}</code><CopyButton text={secret} /></div>
    <div className={styles.footer}><Button variant="filled" onClick={onStored}>I have stored it</Button></div>
  </div>
);

/** Makes a token; its secret is shown once, and only closes by saying that it was stored. */
export const AddToken = ({ opened, onClose }) => {
  const create = useCreateToken();
  const close = () => {
    create.reset();
    onClose();
  };
  const made = create.data;
  const lock = made ? { withCloseButton: false, closeOnEscape: false, closeOnClickOutside: false } : {};
  return (
    <Modal opened={opened} onClose={close} title={made ? 'Store the secret now' : 'Create token'} size={480} {...lock}>
      {made ? <Secret secret={made.secret} label={made.token.label} onStored={close} /> : <Form create={create} onClose={close} />}
    </Modal>
  );
};
