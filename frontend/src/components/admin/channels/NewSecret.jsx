import { CopyButton } from '../../CopyButton.jsx';
import styles from './channels.module.css';

/** A signing secret that was just made: shown once, to be copied to the receiver. */
export const NewSecret = ({ value }) => (
  <div className={styles.made} role="status">
    <code>{value}</code>
    <CopyButton text={value} />
    <span className="small mid">The signing secret. Copy it now: it is not shown again.</span>
  </div>
);
