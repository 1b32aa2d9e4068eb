import { Link } from 'react-router';
import { useOpenIncidents } from '../../api/incidents.js';
import { QueryCard } from '../../hooks/QueryCard.jsx';
import { useAgedClass } from '../../hooks/QueryNote.jsx';
import { useHeldOrder } from '../../hooks/useHeldOrder.js';
import { useInside } from '../../hooks/useInside.js';
import { heldBackWords, incidentShape, objectLine, openCounts } from '../../lib/incidentWords.js';
import { sentence } from '../../lib/sentences.js';
import { Duration } from '../Duration.jsx';
import { AckButton } from '../panels/AckButton.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './firing.module.css';

const shownAtMost = 6;

const Row = ({ incident }) => (
  <li className={styles.incident} data-incident={incident.id}>
    <StatusShape status={incidentShape(incident)} />
    <span className="grow">
      <Link className="strong trunc" to={`/admin/incidents/${incident.id}`}>{incident.rule_name} <span className="visually-hidden">{incident.severity}</span></Link>
      <span className="small mid trunc" title={objectLine(incident)}>{objectLine(incident)}</span>
    </span>
    <span className="small dim nowrap"><Duration since={incident.fired_at} short /></span>
    <AckButton incident={incident} />
  </li>
);

const Rows = ({ incidents }) => {
  const [inside, handlers] = useInside();
  const told = useHeldOrder(incidents.filter(({ hold }) => !hold), inside);
  const held = heldBackWords(incidents);
  return (
    <div {...handlers}>
      {told.length ? <ul>{told.slice(0, shownAtMost).map((one) => <Row key={one.id} incident={one} />)}</ul> : <p className={`mid ${styles.empty}`}>Nothing is firing.</p>}
      {told.length > shownAtMost && <p className={styles.foot}><Link className="link" to="/admin/incidents?state=open">{told.length - shownAtMost} more</Link></p>}
      {held && <p className={styles.foot}><Link to="/admin/incidents?held=1">{sentence(held)}</Link></p>}
    </div>
  );
};

/** What fires now, the worst first, to be acknowledged in place; and how much is held back. */
export const FiringWidget = () => {
  const query = useOpenIncidents();
  const count = query.data ? openCounts(query.data).open : 0;
  return (
    <div className={useAgedClass(query)}>
      <QueryCard id="firing" title="Firing" what="what is firing" beside={count > 0 && <span className="count down">{count}</span>} aside={<Link className="link small" to="/admin/incidents">Incidents</Link>} query={query} rows={4} rowHeight={49}>
        {({ incidents }) => <Rows incidents={incidents} />}
      </QueryCard>
    </div>
  );
};
