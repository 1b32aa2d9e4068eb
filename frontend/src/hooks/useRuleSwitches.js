import { useCallback, useState } from 'react';
import { useSwitchRule } from '../api/alertRules.js';
import { announce } from '../lib/announce.js';
import { problemWords } from '../lib/problem.js';

const without = (all, id) => Object.fromEntries(Object.entries(all).filter(([one]) => one !== id));

/** Switches of rules as they were pressed, by id, until the server answers: `{enabled}`; `{problem}` when it refused. With
    `toggle(rule, enabled)`. */
export const useRuleSwitches = () => {
  const [wishes, setWishes] = useState({});
  const { mutateAsync } = useSwitchRule();
  const toggle = useCallback(
    async ({ id, name }, enabled) => {
      setWishes((all) => ({ ...all, [id]: { enabled } }));
      try {
        await mutateAsync({ id, enabled });
        setWishes((all) => without(all, id));
        announce(`${name} is ${enabled ? 'active' : 'paused'}.`);
      } catch (problem) {
        setWishes((all) => ({ ...all, [id]: { problem } }));
        announce(`${name} stays ${enabled ? 'paused' : 'active'}. ${problemWords(problem)}`);
      }
    },
    [mutateAsync],
  );
  return { wishes, toggle };
};
