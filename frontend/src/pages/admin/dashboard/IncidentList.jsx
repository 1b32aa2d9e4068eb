import { Link } from 'react-router';
import { useHealthIncidents } from '../../../api/health.js';
import { Duration } from '../../../components/Duration.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import { formatDuration } from '../../../lib/formatDuration.js';
import { statusWords } from '../../../lib/status.js';
import styles from './Dashboard.module.css';

const shownAtMost = 4;

const Lasted = ({ incident }) =>
  incident.ended_at ? (
    <span className="small dim num nowrap">Ended after {formatDuration(incident.duration_seconds)}</span>
  ) : (
    <span className={`small strong num nowrap t-${incident.status}`}>Open <Duration since={incident.started_at} /></span>
  );

const Row = ({ incident }) => (
  <li className={`${styles.incident} ${incident.ended_at ? styles.ended : ''}`}>
    <StatusShape status={incident.status} />
    <div className="grow">
      <p className="row">
        <Link className="strong trunc grow" to={`/admin/health?open=${incident.service_id}`}>{incident.service_name}</Link>
        <span className="visually-hidden">{statusWords[incident.status]}</span>
        <Lasted incident={incident} />
      </p>
      <p className="small mid trunc" title={incident.reason}>{incident.reason}</p>
    </div>
  </li>
);

const Rows = ({ incidents }) =>
  incidents.length ? (
    <ul>{incidents.slice(0, shownAtMost).map((incident) => <Row key={incident.id} incident={incident} />)}</ul>
  ) : (
    <p className={`mid ${styles.empty}`}>No service has been degraded or down yet.</p>
  );

const openFirst = (incidents) => incidents.toSorted((a, b) => Boolean(a.ended_at) - Boolean(b.ended_at));

/** The newest spans in which a service was degraded or down: open ones first. */
export const IncidentList = () => {
  const query = useHealthIncidents({ limit: 20 });
  const open = query.data?.incidents.filter((incident) => !incident.ended_at).length ?? 0;
  const beside = open > 0 && <span className="count down">{open} open</span>;
  return (
    <QueryCard id="incidents" title="Incidents" what="the incidents" beside={beside} query={query} rows={5} rowHeight={49}>
      {({ incidents }) => <Rows incidents={openFirst(incidents)} />}
    </QueryCard>
  );
};
