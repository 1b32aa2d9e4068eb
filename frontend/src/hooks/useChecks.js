import { useCallback, useRef, useState } from 'react';
import { useCheckNow } from '../api/health.js';
import { announce } from '../lib/announce.js';
import { refusedWords, runWords } from '../lib/checkWords.js';

const fadeMs = 10_000;

/** Checks asked for on this page, by service id: {phase: 'running' | 'done' | 'refused', at, run, problem, faded}, and
    `check(id, name)`, which answers the run, or null when it was refused. A second wish while one runs is the same one. */
export const useChecks = () => {
  const [checks, setChecks] = useState({});
  const running = useRef(new Map());
  const { mutateAsync } = useCheckNow();

  const note = useCallback((id, state) => setChecks((all) => ({ ...all, [id]: { ...state, at: Date.now() } })), []);
  const fade = useCallback((id) => {
    setTimeout(() => setChecks((all) => ({ ...all, [id]: { ...all[id], faded: all[id].phase !== 'running' } })), fadeMs);
  }, []);

  const ask = useCallback(
    async (id, name) => {
      note(id, { phase: 'running' });
      try {
        const run = await mutateAsync(id);
        note(id, { phase: 'done', run });
        announce(`${name}: ${runWords(run)}.`);
        return run;
      } catch (problem) {
        note(id, { phase: 'refused', problem });
        announce(`${name}: ${refusedWords(problem, problem.retryAfterSeconds ?? 0)}`);
        return null;
      } finally {
        running.current.delete(id);
        fade(id);
      }
    },
    [mutateAsync, note, fade],
  );

  const check = useCallback(
    (id, name = id) => {
      if (!running.current.has(id)) running.current.set(id, ask(id, name));
      return running.current.get(id);
    },
    [ask],
  );

  return [checks, check];
};
