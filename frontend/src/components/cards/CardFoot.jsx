import { sourceWords } from '../../lib/sourceWords.js';
import { Icon } from '../Icon.jsx';
import styles from './card.module.css';

/** The way to all results and to the incident, and where the service was declared. */
export const CardFoot = ({ service, act, children }) => (
  <div className={styles.foot}>
    {children}
    <button type="button" className="link" onClick={() => act.openResults(service.id)}>All results</button>
    {service.incident_id && (
      <button type="button" className="link" onClick={() => act.openDay(service.id, (service.since ?? new Date().toISOString()).slice(0, 10))}>
        Incident {service.incident_id.length > 12 ? `…${service.incident_id.slice(-6)}` : service.incident_id}
      </button>
    )}
    <span className="grow" />
    <span className={styles.source}><Icon name="file" size={13} />{sourceWords(service.source)}</span>
  </div>
);
