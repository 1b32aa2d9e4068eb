import { Icon } from '../Icon.jsx';
import styles from './order.module.css';

const Tag = ({ distance }) => (
  <span className={styles.tag}>
    <Icon name={distance < 0 ? 'arrowUp' : 'arrowDown'} size={12} />
    <span className="visually-hidden">{distance < 0 ? 'up by' : 'down by'} </span>{Math.abs(distance)}
  </span>
);

/** One order: what moved is marked with how far and by whom. `same`: so many first steps are the same everywhere. */
export const OrderColumn = ({ title, note, same, steps, picked = false }) => (
  <section className={`${styles.column} ${picked ? styles.picked : ''}`} aria-label={title}>
    <header><b className="strong">{title}</b><span className="small dim">{note}</span></header>
    {same > 0 && <p className={`small dim ${styles.same}`}>{same === 1 ? 'The first is the same' : `1 to ${same} are the same`}</p>}
    <ol start={same + 1}>
      {steps.map(({ id, place, by, distance }) => (
        <li key={id} className={by ? `${styles.moved} ${styles[by]}` : ''} data-by={by || undefined}>
          <span className={`num dim ${styles.place}`}>{place}</span>
          <span className="mono trunc grow">{id}</span>
          {by && <Tag distance={distance} />}
        </li>
      ))}
    </ol>
  </section>
);
