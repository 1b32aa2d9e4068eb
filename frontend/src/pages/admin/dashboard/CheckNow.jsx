import { useHasRole } from '../../../api/session.js';
import { CheckButton } from '../../../components/cards/CheckButton.jsx';
import { useRetrySeconds } from '../../../components/FormProblem.jsx';
import { useChecks } from '../../../hooks/useChecks.js';
import { refusedWords, runWords } from '../../../lib/checkWords.js';
import styles from './CheckNow.module.css';

const Result = ({ check }) => {
  const seconds = useRetrySeconds(check.problem, check.at);
  if (check.phase === 'running') return null;
  return <p className="small mid">{check.phase === 'refused' ? refusedWords(check.problem, seconds) : runWords(check.run)}</p>;
};

/** Checks one service at once; the result stands beside the button. The check counts, and everyone sees it. */
export const CheckNow = ({ service }) => {
  const [checks, ask] = useChecks();
  const check = checks[service.id];
  return (
    <div className={styles.check}>
      <CheckButton name={service.name} check={check} allowed={useHasRole('operator')} size="md" onCheck={() => ask(service.id, service.name)} />
      {check && <Result check={check} />}
    </div>
  );
};
