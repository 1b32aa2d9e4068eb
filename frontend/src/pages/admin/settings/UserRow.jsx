import { Button, NativeSelect, Tooltip } from '@mantine/core';
import { useSignInMethods } from '../../../api/session.js';
import { useDeleteUser, useUpdateUser } from '../../../api/users.js';
import { GuardedButton } from '../../../components/GuardedButton.jsx';
import { RelativeTime } from '../../../components/RelativeTime.jsx';
import { problemWords } from '../../../lib/problem.js';
import { ConfirmButton } from '../../../components/ConfirmButton.jsx';
import { NewPassword } from './NewPassword.jsx';
import styles from './Settings.module.css';
import { roleChoices } from './roles.js';

const state = (user) => {
  if (user.disabled) return <span className="badge unknown">Disabled</span>;
  return user.must_change_password ? <span className="badge line">Must change password</span> : <span className="mid">Active</span>;
};

const keptOutside = 'The sign-in provider says the role of this user';

const RoleSelect = ({ user, kept, update }) => {
  const reason = user.source === 'oidc' ? keptOutside : kept;
  const select = (
    <NativeSelect size="xs" className={styles.role} aria-label={`Role of ${user.name}`} data={roleChoices} value={user.role} disabled={Boolean(reason) || update.isPending}
      aria-description={reason} onChange={(event) => update.mutate({ name: user.name, role: event.currentTarget.value })} />
  );
  return reason ? <Tooltip label={reason}><div>{select}</div></Tooltip> : select;
};

/** One account. The last enabled admin keeps role and access, so that nobody is locked out. */
export const UserRow = ({ user, self, lastAdmin }) => {
  const methods = useSignInMethods();
  const update = useUpdateUser();
  const remove = useDeleteUser();
  const kept = lastAdmin ? 'The last admin cannot be lowered, disabled or deleted. Make somebody else an admin first' : '';
  return (
    <>
      <tr className={user.disabled ? styles.muted : undefined}>
        <td><span className="strong">{user.name}</span>{self && <span className="dim"> you</span>}</td>
        <td><RoleSelect user={user} kept={kept} update={update} /></td>
        <td>{state(user)}</td>
        <td><RelativeTime at={user.last_seen_at} reason="never signed in" /></td>
        <td className="mid">{user.source === 'oidc' ? (methods?.oidc?.name ?? 'OpenID Connect') : 'Password'}</td>
        <td className={styles.actions}><div>
          {user.source !== 'oidc' && <NewPassword user={user} />}
          {user.disabled ? (
            <Button size="xs" variant="subtle" className={styles.middle} aria-label={`Enable ${user.name}`} onClick={() => update.mutate({ name: user.name, disabled: false })}>Enable</Button>
          ) : (
            <GuardedButton size="xs" variant="subtle" className={styles.middle} allowed={!kept} reason={kept} aria-label={`Disable ${user.name}`} onClick={() => update.mutate({ name: user.name, disabled: true })}>
              Disable
            </GuardedButton>
          )}
          <ConfirmButton verb="Delete" label={`Delete ${user.name}`} allowed={!kept} reason={kept} pending={remove.isPending} problem={remove.error}
            question={`Delete ${user.name}? Sessions and tokens of this user end at once.`} onConfirm={(options) => remove.mutate(user.name, options)} />
        </div></td>
      </tr>
      {update.isError && <tr><td colSpan={6} className="t-down" role="alert">{user.name}: {problemWords(update.error)}</td></tr>}
    </>
  );
};
