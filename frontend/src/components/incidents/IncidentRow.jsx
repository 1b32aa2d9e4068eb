import { memo } from 'react';
import { Link } from 'react-router';
import { formatDuration } from '../../lib/formatDuration.js';
import { incidentShape, isOpen, objectLine, stateWords } from '../../lib/incidentWords.js';
import { Duration } from '../Duration.jsx';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './incidents.module.css';

const State = ({ incident }) => {
  const { words, short, tone } = stateWords(incident);
  if (isOpen(incident)) return <span className={`${styles.state} ${tone ? `t-${tone}` : 'dim'}`} title={words}>{short ?? words}</span>;
  return <span className="dim num nowrap"><span className="visually-hidden">{words}, </span>lasted {formatDuration(incident.seconds)}</span>;
};

/** An incident in the list: rule and object, since when, and how it stands. */
export const IncidentRow = memo(({ incident, to, current }) => (
  <Link to={to} preventScrollReset className={`${styles.row} ${isOpen(incident) ? '' : styles.ended}`} aria-current={current ? 'true' : undefined} data-incident={incident.id}>
    <StatusShape status={incidentShape(incident)} />
    <span className="grow">
      <span>
        <span className={`trunc grow ${styles.title}`}>{incident.rule_name} <span className="visually-hidden">{incident.severity}</span></span>
        <span className="small dim num nowrap">{isOpen(incident) ? <Duration since={incident.fired_at} short /> : <Moment at={incident.fired_at} minutes />}</span>
      </span>
      <span className="small">
        <span className="trunc grow mid">{objectLine(incident)}{incident.suppressed.length > 0 && `, ${incident.suppressed.length} held back`}</span>
        <State incident={incident} />
      </span>
    </span>
  </Link>
));
