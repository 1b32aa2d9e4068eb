import { Popover, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useUser } from '../hooks/useUser.js';
import styles from './Header.module.css';
import { UserPanel } from './UserPanel.jsx';

const initials = (name) => {
  const words = name.split(/[._-]/).filter(Boolean);
  return (words.length > 1 ? words[0][0] + words[1][0] : name.slice(0, 2)).toUpperCase();
};

export const UserMenu = () => {
  const [open, setOpen] = useState(false);
  const user = useUser();
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={300} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={`desk ${styles.avatar}`} aria-label={`${initials(user.name)}, signed in as ${user.name}, ${user.role}`} title={`${user.name}, ${user.role}`}
          aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}>
          {initials(user.name)}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <UserPanel onDone={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
};
