import { useState } from 'react';

/** Copying a text: what became of it in a word (`state`, empty at first), `copy(text)`, and `reset()`. */
export const useCopy = () => {
  const [state, setState] = useState('');
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      setState('Copied');
    } catch {
      setState('Copying is blocked here'); // no permission, or the page is not served over https
    }
  };
  return { state, copy, reset: () => setState('') };
};
