import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { Icon } from '../components/Icon.jsx';
import { PageLink } from './NavLinks.jsx';
import styles from './TabBar.module.css';
import { tabs } from './navigation.js';
import { UserPanel } from './UserPanel.jsx';

/** The navigation of phones, under the thumb. Other pages stand behind More. */
export const TabBar = ({ counts }) => {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <nav className={styles.tabs} aria-label="Main">
      {tabs.map((page) => (
        <PageLink key={page.path} page={page} counts={counts} iconSize={20} short />
      ))}
      <button type="button" aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(true)}>
        <Icon name="menu" size={20} />
        <span>More</span>
      </button>
      <Drawer opened={open} onClose={close} position="bottom" size="auto" title="More">
        <UserPanel onDone={close} touch counts={counts} />
      </Drawer>
    </nav>
  );
};
