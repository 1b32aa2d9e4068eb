import { defaultThresholds } from '../../lib/latencyBands.js';
import styles from './heat.module.css';

const Shades = ({ names }) => <i>{names.map((name) => <b key={name} className={styles[name]} />)}</i>;

/** What the colours of durations mean. */
export const HeatKey = ({ thresholds: [fast, slow] = defaultThresholds }) => (
  <p className={styles.key}>
    <span>under {fast} ms</span>
    <Shades names={['h1', 'h2', 'h3']} />
    <Shades names={['h4', 'h5']} />
    <span>{fast} to {slow}</span>
    <Shades names={['h6', 'h7', 'h8']} />
    <span>over {slow}</span>
  </p>
);

/** What the colours of a comparison mean. */
export const RatioKey = () => (
  <p className={styles.key}>
    <span>faster</span>
    <Shades names={['r-2', 'r-1']} />
    <Shades names={['r0']} />
    <span>within 10 %</span>
    <Shades names={['r1', 'r2']} />
    <span>slower</span>
  </p>
);

export const FewKey = () => (
  <p className={styles.key}><b className={`${styles.few} ${styles.fewBox}`} /><span>fewer than 100 requests</span></p>
);
