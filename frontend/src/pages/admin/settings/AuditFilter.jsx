import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useRef } from 'react';
import { useShortcut } from '../../../hooks/useShortcut.js';

const given = (filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value));
const pauseMs = 300;

/** Filter by who and what; applied when typing pauses. */
export const AuditFilter = ({ filter, onChange }) => {
  const who = useRef(null);
  const what = useRef(null);
  const apply = useDebouncedCallback(() => onChange(given({ actor: who.current.value.trim(), action: what.current.value.trim() })), pauseMs);
  useShortcut('/', () => who.current.focus());
  return (
    <>
      <TextInput ref={who} size="xs" w={130} aria-label="Filter by who" placeholder="Who" defaultValue={filter.actor} onChange={apply} />
      <TextInput ref={what} size="xs" w={180} aria-label="Filter by what was done" placeholder="What was done" defaultValue={filter.action} onChange={apply} />
    </>
  );
};
