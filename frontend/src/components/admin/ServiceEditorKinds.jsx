import { checkKinds } from '../../lib/checkKinds.js';
import styles from './editor.module.css';

/** Kind first: ten tiles. */
export const ServiceEditorKinds = ({ title, onKind, error }) => (
  <section>
    <h3 className={styles.heading}>{title}</h3>
    {error && <p className="small t-down" role="alert">{error}</p>}
    <div className={styles.tiles}>
      {checkKinds.map(({ kind, title: name, about }) => (
        <button key={kind} type="button" className={styles.tile} onClick={() => onKind(kind)}>
          <b>{name}</b>
          <span>{about}</span>
        </button>
      ))}
    </div>
  </section>
);
