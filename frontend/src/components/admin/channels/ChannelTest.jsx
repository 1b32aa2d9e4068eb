import { useNow } from '../../../lib/clock.js';
import { testWords } from '../../../lib/testWords.js';
import { StatusShape } from '../../StatusShape.jsx';
import styles from './channels.module.css';

const Waiting = ({ since }) => {
  const seconds = Math.max(0, Math.floor((useNow() - since) / 1000));
  return <p className={styles.result} role="status">Sending for <span className="num">{seconds} s</span>. The answer comes within 10 s.</p>;
};

/** What became of a test of this channel. `run`: mutation result. */
export const ChannelTest = ({ run }) => {
  if (run.isPending) return <Waiting since={run.submittedAt} />;
  if (run.isIdle || run.error?.errors?.length) return null;
  const { status, text, hint } = testWords('', { result: run.data, problem: run.error });
  return (
    <p className={`${styles.result} ${styles[status]}`} role="status">
      <StatusShape status={status} size={14} />
      <span className="grow">{text}{hint && ` ${hint}`}</span>
    </p>
  );
};
