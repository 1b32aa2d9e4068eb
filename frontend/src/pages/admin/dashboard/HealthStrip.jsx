import { Link } from 'react-router';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { isBelfry, statusOrder, statusWords, tally } from '../../../lib/status.js';
import { BelfryItself } from './BelfryItself.jsx';
import styles from './HealthStrip.module.css';
import { StripCells } from './StripCells.jsx';

const example = `services:
  - id: shop
    checks:
      - kind: http
        url: https://shop.example.com/health`;

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
      {watched.length ? <StripCells services={watched} /> : (
        <EmptyState title="No service is watched yet." example={example}>Belfry watches itself below. Add a service, or put this in belfry.yaml.</EmptyState>
      )}
      <BelfryItself services={own} />
    </section>
  );
};
