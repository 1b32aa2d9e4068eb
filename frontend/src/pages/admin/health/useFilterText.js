import { useEffect, useState } from 'react';

const writeAfterMs = 250;

/** The filter as it is typed: shown at once, written to the address when the typing rests. A new address wins. */
export const useFilterText = (written, change) => {
  const [text, setText] = useState(written);
  const [seen, setSeen] = useState(written);
  if (seen !== written) {
    setSeen(written);
    setText(written);
  }
  useEffect(() => {
    if (text === written) return undefined;
    const timer = setTimeout(() => change({ q: text }), writeAfterMs);
    return () => clearTimeout(timer);
  }, [text, written, change]);
  return [text, setText];
};
