import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

const names = ['policy', 'silence', 'timing'];

/** What is open in the tabs of escalation and silences is in the address: a `policy`, `silence` or `timing` by its id, or
    `new`. Answers `[{policy, silence, timing}, open(name, id)]`; without an id it closes. */
export const useQuietView = () => {
  const [params, setParams] = useSearchParams();
  const open = useCallback(
    (name, id = '') =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          names.forEach((one) => next.delete(one));
          if (id) next.set(name, id);
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  return [Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])), open];
};
