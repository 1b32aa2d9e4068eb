import { useCallback, useState } from 'react';
import { useToggleMiddleware } from '../api/pipeline.js';
import { announce } from '../lib/announce.js';
import { problemWords } from '../lib/problem.js';

const without = (all, id) => Object.fromEntries(Object.entries(all).filter(([one]) => one !== id));

/** Switches as they were pressed, by step id, until the server answers: `{enabled}`; `{problem, wished}` when it refused.
    With `toggle(id, enabled)` and `forget(id)`. */
export const useToggles = () => {
  const [wishes, setWishes] = useState({});
  const { mutateAsync } = useToggleMiddleware();

  const forget = useCallback((id) => setWishes((all) => without(all, id)), []);
  const toggle = useCallback(
    async (id, enabled) => {
      setWishes((all) => ({ ...all, [id]: { enabled } }));
      try {
        const { revision } = await mutateAsync({ id, enabled });
        forget(id);
        announce(`${id} is ${enabled ? 'on' : 'off'} in revision ${revision}.`);
      } catch (problem) {
        setWishes((all) => ({ ...all, [id]: { problem, wished: enabled } }));
        announce(`${id} stays ${enabled ? 'off' : 'on'}. ${problemWords(problem)}`);
      }
    },
    [mutateAsync, forget],
  );
  return { wishes, toggle, forget };
};
