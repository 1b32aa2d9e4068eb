import { notifications } from '@mantine/notifications';
import { useChangePassword, useSessions, useSignOutEverywhere } from '../../../api/session.js';
import { PasswordForm } from '../../../components/PasswordForm.jsx';
import { RelativeTime } from '../../../components/RelativeTime.jsx';
import { Preferences } from '../../../components/Preferences.jsx';
import { WideTable } from '../../../components/WideTable.jsx';
import { browserName } from '../../../lib/browserName.js';
import { ConfirmButton } from '../../../components/ConfirmButton.jsx';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import { useUser } from '../../../hooks/useUser.js';
import styles from './Settings.module.css';

const SessionTable = ({ sessions }) => (
  <WideTable label="Sessions">
    <thead><tr><th>Browser</th><th>Address</th><th>Signed in</th><th>Last seen</th></tr></thead>
    <tbody>
      {sessions.map((session) => (
        <tr key={session.id}>
          <td title={session.agent}>{browserName(session.agent)}{session.current && <span className="badge line" style={{ marginLeft: 8 }}>This one</span>}</td>
          <td className="mono">{session.client_ip}</td>
          <td className="mid"><RelativeTime at={session.created_at} /></td>
          <td className="mid"><RelativeTime at={session.last_seen_at} /></td>
        </tr>
      ))}
    </tbody>
  </WideTable>
);

const Sessions = () => {
  const query = useSessions();
  const signOut = useSignOutEverywhere();
  const everywhere = (
    <ConfirmButton verb="Sign out everywhere" label="Sign out everywhere" pending={signOut.isPending} problem={signOut.error} onConfirm={() => signOut.mutate()}
      question="Sign out everywhere, here too? Every browser has to sign in again. API tokens stay." />
  );
  return <QueryCard id="sessions" title="Sessions" query={query} aside={everywhere} rows={2}>{({ sessions }) => <SessionTable sessions={sessions} />}</QueryCard>;
};

const Password = () => {
  const change = useChangePassword();
  const submit = (body, { onSuccess }) =>
    change.mutate(body, {
      onSuccess: () => {
        onSuccess();
        notifications.show({ message: 'Password changed. Your other sessions have ended.' });
      },
    });
  return (
    <section className="card" aria-labelledby="password">
      <header><h2 id="password">Password</h2></header>
      <div className={styles.form}><PasswordForm onSubmit={submit} pending={change.isPending} problem={change.error} refusedAt={change.submittedAt} /></div>
    </section>
  );
};

/** One's own account: password, sessions, and what this browser remembers. */
export const ProfileTab = () => (
  <div className="stack">
    <Sessions />
    <div className={styles.cards}>
      {useUser().source !== 'oidc' && <Password />}
      <section className="card" aria-labelledby="browser">
        <header><h2 id="browser">This browser</h2></header>
        <div className={styles.choices}><Preferences /></div>
      </section>
    </div>
  </div>
);
