import { Link } from 'react-router';
import { sourceWords } from '../../lib/sourceWords.js';
import { Icon } from '../Icon.jsx';
import styles from './card.module.css';

const IncidentLink = ({ service, incident, act }) => {
  if (incident) return <Link className="link" to={`/admin/incidents/${incident.id}`}>Incident {incident.id}</Link>;
  if (!service.incident_id) return null;
  return (
    <button type="button" className="link" onClick={() => act.openDay(service.id, (service.since ?? new Date().toISOString()).slice(0, 10))}>
      Incident {service.incident_id.length > 12 ? `…${service.incident_id.slice(-6)}` : service.incident_id}
    </button>
  );
};

/** The way to all results and to the incident (that of its alert, else the day it began), and where the service was declared. */
export const CardFoot = ({ service, incident, act, children }) => (
  <div className={styles.foot}>
    {children}
    <button type="button" className="link" onClick={() => act.openResults(service.id)}>All results</button>
    <IncidentLink service={service} incident={incident} act={act} />
    <span className="grow" />
    <span className={styles.source}><Icon name="file" size={13} />{sourceWords(service.source)}</span>
  </div>
);
