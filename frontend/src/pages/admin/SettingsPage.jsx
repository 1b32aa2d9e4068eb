import { NavLink, useParams } from 'react-router';
import { usePage } from '../../hooks/usePage.js';
import { NotFoundPage } from '../NotFoundPage.jsx';
import { AboutTab } from './settings/AboutTab.jsx';
import { AuditTab } from './settings/AuditTab.jsx';
import { ProfileTab } from './settings/ProfileTab.jsx';
import styles from './settings/Settings.module.css';
import { TokensTab } from './settings/TokensTab.jsx';
import { UsersTab } from './settings/UsersTab.jsx';

const tabs = [
  ['profile', 'Profile', ProfileTab],
  ['users', 'Users', UsersTab],
  ['tokens', 'API tokens', TokensTab],
  ['audit', 'Audit', AuditTab],
  ['about', 'About', AboutTab],
];

const SettingsTabs = ({ Tab }) => {
  usePage('Settings');
  return (
    <>
      <nav className={styles.tabs} aria-label="Settings">
        {tabs.map(([path, label]) => <NavLink key={path} to={`/admin/settings/${path}`}>{label}</NavLink>)}
      </nav>
      <Tab />
    </>
  );
};

export const SettingsPage = () => {
  const { tab } = useParams();
  const found = tabs.find(([path]) => path === tab);
  return found ? <SettingsTabs Tab={found[2]} /> : <NotFoundPage />;
};
