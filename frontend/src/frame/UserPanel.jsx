import { Link } from 'react-router';
import { useSignOut } from '../api/session.js';
import { Icon } from '../components/Icon.jsx';
import { Preferences } from '../components/Preferences.jsx';
import { useUser } from '../hooks/useUser.js';
import { PageLink } from './NavLinks.jsx';
import { morePages } from './navigation.js';
import { shortcutSheetOpen } from './ShortcutSheet.jsx';
import styles from './UserPanel.module.css';

/** Who is signed in, what they chose, and the way out. `touch`: the phone's version, with what its tab bar leaves out. */
export const UserPanel = ({ onDone, touch = false, counts = {} }) => {
  const user = useUser();
  const signOut = useSignOut();
  const showKeys = () => {
    onDone();
    shortcutSheetOpen.set(true);
  };
  return (
    <div className={`${styles.panel} ${touch ? styles.touch : ''}`}>
      {touch && <div className={styles.group}>{morePages.map((page) => <PageLink key={page.path} page={page} counts={counts} onClick={onDone} />)}</div>}
      <p className={styles.who}><b className="strong">{user.name}</b> <span className="dim">{user.role}</span></p>
      <div className={styles.group}><Preferences /></div>
      <div className={styles.group}>
        <Link to="/admin/settings/profile" onClick={onDone}><Icon name="person" />Profile and sessions</Link>
        <Link to="/admin/settings/tokens" onClick={onDone}><Icon name="key" />API tokens</Link>
        <button type="button" onClick={showKeys}><Icon name="keyboard" />Keyboard shortcuts<kbd>?</kbd></button>
      </div>
      <div className={styles.group}>
        <button type="button" onClick={() => signOut.mutate()} disabled={signOut.isPending}><Icon name="exit" />Sign out</button>
      </div>
    </div>
  );
};
