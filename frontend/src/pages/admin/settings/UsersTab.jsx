import { useState } from 'react';
import { useHasRole } from '../../../api/session.js';
import { useUsers } from '../../../api/users.js';
import { Button } from '@mantine/core';
import { Icon } from '../../../components/Icon.jsx';
import { WideTable } from '../../../components/WideTable.jsx';
import { useUser } from '../../../hooks/useUser.js';
import { AddUser } from './AddUser.jsx';
import { NeedsRole } from './NeedsRole.jsx';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import styles from './Settings.module.css';
import { UserRow } from './UserRow.jsx';

const isEnabledAdmin = (user) => user.role === 'admin' && !user.disabled;

const UserTable = ({ users }) => {
  const me = useUser().name;
  const admins = users.filter(isEnabledAdmin).length;
  return (
    <WideTable label="Users">
      <thead>
        <tr><th>Name</th><th>Role</th><th>State</th><th>Last seen</th><th>Sign-in</th><th><span className="visually-hidden">Actions</span></th></tr>
      </thead>
      <tbody>
        {users.map((user) => <UserRow key={user.name} user={user} self={user.name === me} lastAdmin={isEnabledAdmin(user) && admins === 1} />)}
      </tbody>
    </WideTable>
  );
};

const Lead = () => (
  <p className={styles.lead}>Viewers read everything. Operators also check, plan maintenance and make tokens. Admins also change services and users.</p>
);

export const UsersTab = () => {
  const allowed = useHasRole('admin');
  const query = useUsers(allowed);
  const [adding, setAdding] = useState(false);
  if (!allowed) return <NeedsRole title="Users are kept by admins." role="admin">You see your own account under Profile.</NeedsRole>;
  const add = <Button size="sm" leftSection={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>Add user</Button>;
  return (
    <>
      <QueryCard id="users" title="Users" query={query} aside={add} lead={<Lead />}>{({ users }) => <UserTable users={users} />}</QueryCard>
      <AddUser opened={adding} onClose={() => setAdding(false)} />
    </>
  );
};
