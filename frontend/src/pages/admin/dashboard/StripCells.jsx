import { Link } from 'react-router';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { useHeldOrder } from '../../../hooks/useHeldOrder.js';
import { useInside } from '../../../hooks/useInside.js';
import { useNow } from '../../../lib/clock.js';
import { usePreference } from '../../../lib/preferences.js';
import { failingFirst, shownStatus, statusWords } from '../../../lib/status.js';
import { stripLine } from '../../../lib/stripLine.js';
import styles from './HealthStrip.module.css';

const cellsAtMost = 36;

const isHealthy = (service) => shownStatus(service) === 'healthy';
const isCalm = (service) => isHealthy(service) && !service.at_risk;

const Cell = ({ service, line }) => (
  <Link className={styles.cell} to={`/admin/health?open=${service.id}`} title={service.reason}>
    <StatusShape status={shownStatus(service)} />
    <span className="grow">
      <span className="strong trunc">{service.name} <span className="visually-hidden">{statusWords[shownStatus(service)]}, </span></span>
      <span className="small dim trunc">
        {service.at_risk && isHealthy(service) && <StatusShape status="risk" size={12} />}
        {line}
      </span>
    </span>
  </Link>
);

const HealthyRest = ({ count }) => (
  <Link className={styles.cell} to="/admin/health?status=healthy">
    <StatusShape status="healthy" />
    <span className="grow"><span className="strong">{count} healthy</span><span className="small dim">show them</span></span>
  </Link>
);

const HiddenRest = ({ count }) => (
  <Link className={styles.cell} to="/admin/health">
    <StatusShape status="degraded" />
    <span className="grow"><span className="strong">{count} more not healthy</span><span className="small dim">show them</span></span>
  </Link>
);

/** One cell per service, failing first; over 36, the healthy ones fold into one cell. */
export const StripCells = ({ services }) => {
  const now = useNow();
  const zone = usePreference('zone');
  const names = new Map(services.map(({ id, name }) => [id, name]));
  const folded = services.length > cellsAtMost;
  const [inside, handlers] = useInside();
  const ordered = useHeldOrder(failingFirst(services), inside);
  const wanted = ordered.filter((service) => !folded || !isCalm(service));
  const shown = wanted.slice(0, cellsAtMost);
  return (
    <div className={styles.strip} {...handlers}>
      {shown.map((service) => <Cell key={service.id} service={service} line={stripLine(service, names, now, zone)} />)}
      {wanted.length > shown.length && <HiddenRest count={wanted.length - shown.length} />}
      {folded && <HealthyRest count={services.filter(isCalm).length} />}
    </div>
  );
};
