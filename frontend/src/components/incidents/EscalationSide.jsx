import { useNow } from '../../lib/clock.js';
import { formatDuration } from '../../lib/formatDuration.js';
import { plural } from '../../lib/formatNumber.js';
import { escalationSteps } from '../../lib/incidentTimeline.js';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './incidents.module.css';

const Left = ({ at }) => {
  const seconds = Math.max(0, Math.ceil((Date.parse(at) - useNow()) / 1000));
  return <b className="strong num">{Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}</b>;
};

const marks = { done: <StatusShape status="healthy" size={14} />, next: <span className={styles.ring} />, later: <span className={`${styles.ring} ${styles.later}`} /> };
const words = { done: 'told', next: 'next', later: 'later' };

const Step = ({ step, nextAt, runs }) => (
  <li>
    {marks[step.state]}
    <span className="grow trunc" title={step.channels.join(', ')}>{step.name}: {step.channels.length > 1 ? plural(step.channels.length, 'channel') : step.channels[0]} <span className="visually-hidden">{words[step.state]}</span></span>
    {step.state === 'done' && <Moment at={step.at} minutes className="dim" />}
    {step.state === 'next' && runs && <Left at={nextAt} />}
    {step.state === 'later' && <span className="dim num">+{formatDuration(step.delay_seconds)}</span>}
  </li>
);

/** How much of the wait for the next step is over, in percent. */
const Progress = ({ from, to }) => {
  const now = useNow();
  const pct = Math.min(100, Math.max(0, ((now - from) / (to - from)) * 100));
  return <div className={styles.progress}><i style={{ width: `${pct}%` }} /></div>;
};

const ends = { stopped: 'Stopped: it is acknowledged.', ended: 'Every step is done.', held: 'Waits while nobody is told.' };

/** The escalation of one incident: who was told, who is next and when, who later. `since`: when it began. */
export const EscalationSide = ({ escalation, since }) => {
  const { next_at: nextAt, loop, repeats, state } = escalation;
  const runs = state === 'running' && nextAt;
  const told = escalation.told_at.filter(Boolean).map(Date.parse);
  return (
    <section aria-labelledby="escalation">
      <h3 id="escalation">Escalation, {escalation.name}</h3>
      <ol>{escalationSteps(escalation).map((step, at) => <Step key={at} step={step} nextAt={nextAt} runs={runs} />)}</ol>
      {runs && <Progress from={Math.max(Date.parse(since), ...told)} to={Date.parse(nextAt)} />}
      {ends[state] && <p className="small mid">{ends[state]}</p>}
      {repeats > 0 && state === 'running' && <p className="small dim">Round {loop + 1} of {repeats + 1}</p>}
    </section>
  );
};
