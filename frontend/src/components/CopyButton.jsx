import { Button } from '@mantine/core';
import { useState } from 'react';
import { Icon } from './Icon.jsx';

/** Copies `text`; the button itself tells that it did. */
export const CopyButton = ({ text, children = 'Copy', ...button }) => {
  const [state, setState] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('Copied');
    } catch {
      setState('Copying is blocked here'); // no permission, or the page is not served over https
    }
  };
  return (
    <Button size="xs" leftSection={<Icon name={state === 'Copied' ? 'check' : 'copy'} size={14} />} onClick={copy} onBlur={() => setState('')} {...button}>
      <span aria-live="polite">{state || children}</span>
    </Button>
  );
};
