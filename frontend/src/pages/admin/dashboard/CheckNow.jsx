import { useCheckNow } from '../../../api/health.js';
import { useHasRole } from '../../../api/session.js';
import { GuardedButton } from '../../../components/GuardedButton.jsx';
import { Icon } from '../../../components/Icon.jsx';
import { useNow } from '../../../lib/clock.js';
import { formatLatency } from '../../../lib/formatNumber.js';
import { problemWords } from '../../../lib/problem.js';
import styles from './CheckNow.module.css';

const outcome = ({ data, error }) => {
  if (error) return problemWords(error);
  if (!data) return '';
  return data.result === 'pass' ? `Passed in ${formatLatency(data.duration_ms)}` : data.reason;
};

/** Checks one service at once; the result stands under the button. The check counts, and everyone sees it. */
export const CheckNow = ({ service }) => {
  const check = useCheckNow();
  const allowed = useHasRole('operator');
  const now = useNow();
  const seconds = Math.max(0, Math.round((now - check.submittedAt) / 1000));
  return (
    <div className={styles.check}>
      <GuardedButton allowed={allowed} needs="operator" disabled={check.isPending} onClick={() => check.mutate(service.id)} leftSection={<Icon name="play" size={14} />}>
        {check.isPending ? `Checking, ${seconds} s` : 'Check now'}
      </GuardedButton>
      <p className="small mid" role="status">{outcome(check)}</p>
    </div>
  );
};
