import { useNow } from '../../lib/clock.js';
import { formatDuration } from '../../lib/formatDuration.js';
import { plural } from '../../lib/formatNumber.js';
import { problemWords } from '../../lib/problem.js';
import { GuardedButton } from '../GuardedButton.jsx';
import { Icon } from '../Icon.jsx';
import { Moment } from '../Moment.jsx';
import styles from './timeline.module.css';

const Countdown = ({ at }) => {
  const seconds = Math.ceil((Date.parse(at) - useNow()) / 1000);
  return <b className="strong num">{seconds > 0 ? `in ${formatDuration(seconds)}` : 'now'}</b>;
};

/** What will happen next if nobody acknowledges, and a button that does it now. `step`: of lib/incidentTimeline.js. */
export const NextStep = ({ step, policy, page }) => (
  <li className={`${styles.entry} ${styles.next}`}>
    <span className={styles.at}>{step.held ? '' : <Moment at={step.at} />}</span>
    <span className={styles.mark}><span className={styles.disc}><Icon name="clock" size={12} /></span></span>
    <div className={styles.body}>
      <div className="row">
        <span className="grow">Next: tell {step.name} {step.held ? 'once it is not held back any more' : <Countdown at={step.at} />}</span>
        <GuardedButton size="xs" allowed={page.allowed} needs="operator" loading={page.pending} onClick={page.ask}>Page now</GuardedButton>
      </div>
      <p className={styles.text}>Step {step.place} of {step.of} of {policy}, {plural(step.channels.length, 'channel')}. Acknowledging stops it.</p>
      {page.problem && <p className="small t-down" role="alert">{problemWords(page.problem)}</p>}
    </div>
  </li>
);
