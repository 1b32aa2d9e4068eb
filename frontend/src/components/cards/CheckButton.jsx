import { useEffect, useState } from 'react';
import { useRetrySeconds } from '../FormProblem.jsx';
import { GuardedButton } from '../GuardedButton.jsx';
import { Icon } from '../Icon.jsx';
import styles from './card.module.css';

const tickMs = 100;
const deadlineMs = 4000;

/** Milliseconds since `startedAt` (ms), in tenths of a second; 0 while null. */
const useElapsed = (startedAt) => {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (startedAt === null) return undefined;
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [startedAt]);
  return startedAt === null ? 0 : Math.max(0, now - startedAt);
};

/** Runs the checks at once. `check`: {phase: 'running' | 'done' | 'refused', at, run, problem} or undefined; while it
    runs the button counts and fills up to the 4 s it may take. */
export const CheckButton = ({ name, check, allowed, onCheck, size = 'sm', className = '', children = 'Check now' }) => {
  const running = check?.phase === 'running';
  const elapsed = useElapsed(running ? check.at : null);
  const wait = useRetrySeconds(check?.problem, check?.at ?? 0);
  const done = Math.min(100, (elapsed / deadlineMs) * 100);
  return (
    <GuardedButton
      allowed={allowed}
      needs="operator"
      size={size}
      className={`${styles.check} ${className}`}
      leftSection={!running && <Icon name="play" size={13} />}
      aria-busy={running}
      disabled={wait > 0}
      aria-label={running ? `Checking ${name}` : `${children}: ${name}`}
      onClick={running ? undefined : onCheck}
    >
      {running && <span className={styles.progress} style={{ width: `${done}%` }} />}
      <span className="num">{running ? `Checking, ${(elapsed / 1000).toFixed(1)} s` : wait > 0 ? `Again in ${wait} s` : children}</span>
    </GuardedButton>
  );
};
