import { useNow } from '../../lib/clock.js';
import { formatLatency, formatUptime } from '../../lib/formatNumber.js';
import { Duration } from '../Duration.jsx';
import { Moment } from '../Moment.jsx';
import { RelativeTime } from '../RelativeTime.jsx';
import { statusWords } from '../../lib/status.js';
import styles from './card.module.css';

const Fact = ({ title, className, children }) => (
  <div className={className}><dt>{title}</dt><dd>{children}</dd></div>
);

/** `month`: what is known of its last 30 days, {uptime_pct, coverage_pct}. */
export const CardFacts = ({ service, status, month }) => (
  <dl className={styles.facts}>
    {status === 'maintenance' && service.maintenance_until ? (
      <Fact title="Maintenance until"><Moment at={service.maintenance_until} /></Fact>
    ) : (
      service.since && <Fact title={`${statusWords[service.status]} for`}><Duration since={service.since} /></Fact>
    )}
    <Fact title="Uptime, 30 d">{formatUptime(month.uptime_pct)}</Fact>
    <Fact title="Coverage">{month.uptime_pct == null ? '–' : `${Math.floor(month.coverage_pct)} %`}</Fact>
    <Fact title="Last check"><RelativeTime at={service.last_check} reason="not checked yet" /></Fact>
    <Fact title="Took" className="desk">{formatLatency(service.duration_ms)}</Fact>
    <Fact title="Next" className="desk"><NextCheck service={service} /></Fact>
  </dl>
);

/** The board is older than the next check of a service that is checked more often than it refreshes. */
const NextCheck = ({ service }) => {
  const now = useNow();
  if (service.overlays.includes('paused')) return 'paused';
  if (service.next_check && Date.parse(service.next_check) < now + 1000) return 'due now';
  return <RelativeTime at={service.next_check} reason="not planned" />;
};
