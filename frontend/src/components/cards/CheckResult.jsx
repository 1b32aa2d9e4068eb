import { refusedWords, resultStatus, runWords } from '../../lib/checkWords.js';
import { useRetrySeconds } from '../FormProblem.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './card.module.css';

/** What the last "Check now" brought, at the place where it was asked. `onDetails(run)` opens all of it. */
export const CheckResult = ({ check, onDetails }) => {
  const seconds = useRetrySeconds(check?.problem, check?.at ?? 0);
  if (!check || check.phase === 'running') return null;
  const refused = check.phase === 'refused';
  const status = refused ? 'unknown' : resultStatus(check.run.result);
  return (
    <p className={`${styles.result} ${styles[status]}`}>
      <StatusShape status={status} size={14} />
      <span className="grow">{refused ? refusedWords(check.problem, seconds) : runWords(check.run)}</span>
      {!refused && <button type="button" className="link" onClick={() => onDetails(check.run)}>Details</button>}
    </p>
  );
};
