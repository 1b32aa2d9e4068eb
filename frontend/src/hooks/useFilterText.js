import { useEffect, useState } from 'react';

const writeAfterMs = 250;

/** The filter as it is typed: shown at once, written to the address when the typing rests. A new address wins. */
export const useFilterText = (written, change) => {
  const [text, setText] = useState(written);
  const [seen, setSeen] = useState(written);
  const [sent, setSent] = useState(written);
  if (seen !== written) {
    setSeen(written);
    if (written !== sent) setText(written); // what comes back of one's own typing may be older than the text by now
  }
  useEffect(() => {
    if (text === written) return undefined;
    const timer = setTimeout(() => {
      setSent(text);
      change({ q: text });
    }, writeAfterMs);
    return () => clearTimeout(timer);
  }, [text, written, change]);
  return [text, setText];
};
