import { Link } from 'react-router';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { useHeldOrder } from '../../../hooks/useHeldOrder.js';
import { useInside } from '../../../hooks/useInside.js';
import { useNow } from '../../../lib/clock.js';
import { usePreference } from '../../../lib/preferences.js';
import { failingFirst, isBelfry, shownStatus, statusOrder, statusWords, tally } from '../../../lib/status.js';
import { stripLine } from '../../../lib/stripLine.js';
import { BelfryItself } from './BelfryItself.jsx';
import styles from './HealthStrip.module.css';

const cellsAtMost = 36;
const example = `services:
  - id: shop
    checks:
      - kind: http
        url: https://shop.example.com/health`;

const isHealthy = (service) => shownStatus(service) === 'healthy';
const isCalm = (service) => isHealthy(service) && !service.at_risk;

const Tally = ({ services }) => {
  const counts = tally(services);
  return (
    <ul className={`desk small mid ${styles.tally}`}>
      {statusOrder.filter((status) => counts[status]).map((status) => (
        <li key={status}>
          <StatusShape status={status} size={12} />
          <b className="num">{counts[status]}</b> {statusWords[status].toLowerCase()}
        </li>
      ))}
    </ul>
  );
};

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

const Cells = ({ services }) => {
  const now = useNow();
  const zone = usePreference('zone');
  const names = new Map(services.map(({ id, name }) => [id, name]));
  const folded = services.length > cellsAtMost;
  const [inside, handlers] = useInside();
  const ordered = useHeldOrder(failingFirst(services), inside);
  const shown = ordered.filter((service) => !folded || !isCalm(service)).slice(0, cellsAtMost);
  return (
    <div className={styles.strip} {...handlers}>
      {shown.map((service) => <Cell key={service.id} service={service} line={stripLine(service, names, now, zone)} />)}
      {folded && <HealthyRest count={services.filter(isCalm).length} />}
    </div>
  );
};

/** Every service in a cell, failing first; Belfry's own processes in one line. */
export const HealthStrip = ({ services }) => {
  const own = services.filter(isBelfry);
  const watched = services.filter((service) => !isBelfry(service));
  return (
    <section className="card" aria-labelledby="services">
      <header>
        <h2 id="services">Services</h2>
        <Tally services={services} />
        <span className="grow" />
        <Link className="link small" to="/admin/health">Health</Link>
      </header>
      {watched.length ? <Cells services={watched} /> : (
        <EmptyState title="No service is watched yet." example={example}>Belfry watches itself below. Add a service, or put this in belfry.yaml.</EmptyState>
      )}
      <BelfryItself services={own} />
    </section>
  );
};
