import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { openSpotlight } from '@mantine/spotlight';
import { Icon } from '../components/Icon.jsx';
import { Moment } from '../components/Moment.jsx';
import { connection } from '../lib/connection.js';
import { page } from '../lib/page.js';
import { useStore } from '../lib/store.js';
import { Bell } from './Bell.jsx';
import styles from './Header.module.css';
import { LiveIndicator } from './LiveIndicator.jsx';
import { UserMenu } from './UserMenu.jsx';

const modifier = /Mac|iP(hone|ad)/.test(navigator.platform) ? '⌘' : 'Ctrl';

const ThemeToggle = () => {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('light') === 'dark' ? 'light' : 'dark';
  const label = other === 'dark' ? 'Dark theme' : 'Light theme';
  return (
    <ActionIcon variant="subtle" className="desk" aria-label={label} title={label} onClick={() => setColorScheme(other)}>
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
    </ActionIcon>
  );
};

/** How old the page is, unless what changes comes by itself. */
const Updated = ({ at, seconds }) => {
  const { socket } = useStore(connection);
  if (socket === 'open' || !at || !seconds) return null;
  return (
    <p className={`desk small dim ${styles.updated}`}>
      Updated <Moment at={at} clockOnly />, refreshes every {seconds} s
    </p>
  );
};

/** The page's name and age, the palette, and how Belfry and the person are doing. */
export const Header = () => {
  const { title, note, updatedAt, refreshSeconds } = useStore(page);
  return (
    <header className={styles.header}>
      <h1>{title || 'Belfry'}</h1>
      {note && <p className={`desk small mid num ${styles.note}`}>{note}</p>}
      <Updated at={updatedAt} seconds={refreshSeconds} />
      <div className="grow" />
      <button type="button" className={`desk ${styles.search}`} onClick={openSpotlight}>
        <Icon name="search" size={14} />
        <span className="grow">Search or run a command</span>
        <kbd>{modifier} K</kbd>
      </button>
      <LiveIndicator />
      <Bell />
      <ThemeToggle />
      <UserMenu />
    </header>
  );
};
