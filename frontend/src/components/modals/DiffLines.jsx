import styles from './order.module.css';

const looks = { '-': styles.removed, '+': styles.added };

/** Changed settings, one a line. `lines`: [{sign, text}]. */
export const DiffLines = ({ title, lines }) => (
  <div className={styles.lines}>
    {title && <div><b>{title}</b></div>}
    {lines.map(({ sign, text }) => <div key={sign + text} className={looks[sign]}>{sign} {text}</div>)}
  </div>
);
