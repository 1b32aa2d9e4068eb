import { resultStatus, resultWord } from '../../lib/checkWords.js';
import { formatLatency } from '../../lib/formatNumber.js';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { Outcome } from './Outcome.jsx';
import styles from './modals.module.css';

const triggers = { schedule: 'on schedule', manual: 'asked for by hand', heartbeat: 'by its heartbeat' };

/** One run: result, and every check of it. `before`: the last run that passed, to compare with. */
export const RunView = ({ run, before, timeoutSeconds }) => {
  const earlier = new Map(before?.components.map((outcome) => [outcome.component, outcome]));
  return (
    <div data-run={run.id}>
      <p className={styles.verdict}>
        <StatusShape status={resultStatus(run.result)} size={20} />
        <b className={`t-${resultStatus(run.result)}`}>{resultWord(run.result)}</b>
        <span className="mid num">in {formatLatency(run.duration_ms)}, <Moment at={run.started_at} />, {triggers[run.trigger] ?? run.trigger}</span>
      </p>
      {run.reason && <p className={styles.reason}>{run.reason}</p>}
      {run.components?.map((outcome) => (
        <Outcome key={outcome.component} outcome={outcome} before={earlier.get(outcome.component)} budgetMs={timeoutSeconds * 1000} />
      ))}
    </div>
  );
};
