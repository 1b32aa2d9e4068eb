import { formatSelfTime } from '../../../lib/formatNumber.js';
import { timeOf } from '../../../lib/pipelineLayout.js';
import { phaseWords } from '../../../lib/pipelineWords.js';
import styles from './flow.module.css';

/** The same on a phone: one below the other. */
export const FlowList = ({ steps, handler, time, onOpen }) => {
  const most = Math.max(...steps.map((step) => timeOf(step, time) ?? 0)) || 1;
  return (
    <ol className={styles.list} aria-label="Request path">
      <li className={styles.end}>Request</li>
      {steps.map((step, at) => (
        <li key={step.id}>
          {step.phase !== steps[at - 1]?.phase && <span className={`dim ${styles.listPhase}`}>{phaseWords[step.phase]}</span>}
          <button type="button" className={`${styles.node} ${step.enabled ? '' : styles.off}`} onClick={() => onOpen(step.id)}>
            {step.enabled && <i style={{ width: `${Math.max(2, ((timeOf(step, time) ?? 0) / most) * 100)}%` }} />}
            <span className="grow trunc">{step.id}</span>
            <span className="num">{step.enabled ? formatSelfTime(timeOf(step, time)) : 'off'}</span>
          </button>
        </li>
      ))}
      <li className={`${styles.end} ${styles.handler}`}>Handler <span className="num strong">{formatSelfTime(handler?.[time])}</span></li>
    </ol>
  );
};
