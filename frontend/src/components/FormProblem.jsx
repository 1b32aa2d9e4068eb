import { useEffect, useRef } from 'react';
import { useNow } from '../lib/clock.js';
import { plural } from '../lib/formatNumber.js';
import { problemWords } from '../lib/problem.js';
import { StatusShape } from './StatusShape.jsx';

/** Above a form's buttons: what the server said to the whole form. Field errors stand at their fields. */
export const FormProblem = ({ problem }) => {
  if (!problem || problem.errors?.length) return null;
  return (
    <div className="note bad" role="alert">
      <StatusShape status="down" />
      <span className="grow">{problemWords(problem)}</span>
    </div>
  );
};

/**
 * A form's buttons, with how many fields the server wants changed. The first of them gets the focus; `problem`: the last
 * refusal.
 */
export const FormFoot = ({ problem, children }) => {
  const foot = useRef(null);
  const bad = problem?.errors?.length ?? 0;
  useEffect(() => {
    if (bad) foot.current.closest('form').querySelector('[aria-invalid="true"]')?.focus();
  }, [problem, bad]);
  return (
    <div ref={foot} className="row" style={{ justifyContent: 'flex-end', marginTop: 4 }}>
      {bad > 0 && <span className="grow small t-down" role="status">{plural(bad, 'field')} to fix</span>}
      {children}
    </div>
  );
};

/** Seconds until a throttled form may try again: 0 when it may. `at`: when the refusal came, ms. */
export const useRetrySeconds = (problem, at) => {
  const now = useNow();
  if (problem?.status !== 429 || !problem.retryAfterSeconds) return 0;
  return Math.max(0, Math.ceil((at + problem.retryAfterSeconds * 1000 - now) / 1000));
};
