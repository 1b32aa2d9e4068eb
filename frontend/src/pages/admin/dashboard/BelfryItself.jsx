import { Link } from 'react-router';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { listed } from '../../../lib/sentences.js';
import { failingFirst, shownStatus, statusWords } from '../../../lib/status.js';
import styles from './HealthStrip.module.css';

const short = (name) => name.replace(/_svc$/, '').replace(/^belfry-/, '');
const trouble = (service) => `${service.name} is ${statusWords[shownStatus(service)].toLowerCase()}`;

/** Belfry's own processes and servers in one line. */
export const BelfryItself = ({ services }) => {
  if (!services.length) return null;
  const sorted = failingFirst(services);
  const failing = sorted.filter((service) => shownStatus(service) !== 'healthy');
  return (
    <Link className={styles.own} to={failing.length ? `/admin/health?open=${failing[0].id}` : '/admin/health?q=group:belfry'}>
      <StatusShape status={shownStatus(sorted[0])} size={14} />
      <span className="trunc">
        <b className="strong">Belfry itself</b>{' '}
        <span className="dim num">{services.length - failing.length} of {services.length} healthy</span>
        {failing.length > 0 && <span className="mid">. {listed(failing.map(trouble))}</span>}
      </span>
      <span className="grow" />
      <span className="dim small trunc">{[...new Set(services.map(({ name }) => short(name)))].toSorted((a, b) => a.localeCompare(b)).join(' · ')}</span>
    </Link>
  );
};
