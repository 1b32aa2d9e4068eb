import styles from './rules.module.css';

/** Fields that differ, each as it was and as it is. `marked`: names of those that clash. */
export const RuleDiff = ({ changes, marked = [] }) => (
  <dl className={styles.diff}>
    {changes.map(({ name, label, from, to }) => (
      <div key={name} className={marked.includes(name) ? styles.clash : ''}>
        <dt>{label}</dt>
        <dd><del>{from}</del> <span aria-hidden="true">→</span> <ins>{to}</ins></dd>
      </div>
    ))}
  </dl>
);
