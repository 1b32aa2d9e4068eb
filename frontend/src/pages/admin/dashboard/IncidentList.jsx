import { Link } from 'react-router';
import { useHealthIncidents } from '../../../api/health.js';
import { Duration } from '../../../components/Duration.jsx';
import { Moment } from '../../../components/Moment.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import { formatDuration } from '../../../lib/formatDuration.js';
import { statusWords } from '../../../lib/status.js';
import styles from './Dashboard.module.css';

const shownAtMost = 8;

const Row = ({ incident }) => (
  <tr className={incident.ended_at ? styles.ended : undefined}>
    <td>
      <span className="row">
        <StatusShape status={incident.status} />
        <Link className="strong trunc" to={`/admin/health?open=${incident.service_id}`}>{incident.service_name}</Link>
        <span className="visually-hidden">{statusWords[incident.status]}</span>
      </span>
    </td>
    <td className={`mid trunc ${styles.reason}`} title={incident.reason}>{incident.reason}</td>
    <td className="n desk"><Moment at={incident.started_at} /></td>
    <td className="n">{incident.ended_at ? <span className="dim">{formatDuration(incident.duration_seconds)}</span> : <Duration since={incident.started_at} />}</td>
    <td>{incident.ended_at ? <span className="dim">Ended</span> : <span className={`t-${incident.status} strong`}>Open</span>}</td>
  </tr>
);

const Rows = ({ incidents }) =>
  incidents.length ? (
    <table className={`table ${styles.incidents}`}>
      <thead>
        <tr><th>Service</th><th>Reason</th><th className="n desk">Began</th><th className="n">Lasted</th><th>State</th></tr>
      </thead>
      <tbody>{incidents.slice(0, shownAtMost).map((incident) => <Row key={incident.id} incident={incident} />)}</tbody>
    </table>
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
    <QueryCard id="incidents" title="Incidents" what="the incidents" beside={beside} query={query} rows={5}>
      {({ incidents }) => <Rows incidents={openFirst(incidents)} />}
    </QueryCard>
  );
};
