import { useNow } from '../lib/clock.js';
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

/** Seconds until a throttled form may try again: 0 when it may. `at`: when the refusal came, ms. */
export const useRetrySeconds = (problem, at) => {
  const now = useNow();
  if (problem?.status !== 429 || !problem.retryAfterSeconds) return 0;
  return Math.max(0, Math.ceil((at + problem.retryAfterSeconds * 1000 - now) / 1000));
};
