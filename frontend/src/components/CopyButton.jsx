import { Button } from '@mantine/core';
import { useCopy } from '../lib/useCopy.js';
import { Icon } from './Icon.jsx';

/** Copies `text`; the button itself tells that it did. */
export const CopyButton = ({ text, children = 'Copy', ...button }) => {
  const { state, copy, reset } = useCopy();
  return (
    <Button size="xs" leftSection={<Icon name={state === 'Copied' ? 'check' : 'copy'} size={14} />} onClick={() => copy(text)} onBlur={reset} {...button}>
      <span aria-live="polite">{state || children}</span>
    </Button>
  );
};
