import { memo } from 'react';
import { flapWords, refusedWords, resultStatus, runWords } from '../../lib/checkWords.js';
import { formatUptime } from '../../lib/formatNumber.js';
import { kindWords } from '../../lib/kindWords.js';
import { shownStatus } from '../../lib/status.js';
import { PulseBars } from '../charts/PulseBars.jsx';
import { RelativeTime } from '../RelativeTime.jsx';
import { StatusBadge } from '../StatusBadge.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { ReasonLine } from './ReasonLine.jsx';
import styles from './card.module.css';

const fullCoveragePct = 99;

/** The status as a word, and the overlays that go beside it. */
export const ServiceBadges = ({ service, status }) => {
  const risky = service.at_risk && status === 'healthy';
  return (
    <>
      {service.overlays.includes('flapping') && (
        <span className="badge line" title={flapWords(service.recent)}><StatusShape status="flapping" size={12} />Flapping</span>
      )}
      {service.overlays.includes('paused') ? (
        <span className="badge unknown"><StatusShape status="paused" size={12} />Paused</span>
      ) : (
        <StatusBadge status={risky ? 'risk' : status} causes={service.root_causes.length} />
      )}
    </>
  );
};

const CheckLine = ({ check }) => {
  if (check.phase === 'running') return <span className="mid">Checking now</span>;
  if (check.phase === 'refused') return <span className="mid">{refusedWords(check.problem, 0)}</span>;
  return <span className={`t-${resultStatus(check.run.result)}`}>{runWords(check.run)}</span>;
};

const Uptime = ({ service }) => {
  const thin = service.uptime_pct != null && service.coverage_pct < fullCoveragePct;
  return (
    <span className="mid" title="Uptime over 30 days">
      {thin && <span className="dim">{Math.floor(service.coverage_pct)} % covered · </span>}
      <b className="strong">{formatUptime(service.uptime_pct)}</b>
    </span>
  );
};

/** One service on the board, closed: shape, name and word; why; the last 30 checks; kind, age, uptime. The whole card is
    the target of its one button. `check`: a check of it that was asked for just now. */
export const ServiceCard = memo(function ServiceCard({ service, names, check, selected = false, tabIndex = 0, onToggle, onFocus }) {
  const status = shownStatus(service);
  const stale = service.overlays.includes('stale');
  return (
    <article className={`card ${styles.card} ${selected ? styles.selected : ''}`} data-service={service.id} data-status={status}>
      <div className={styles.top}>
        <StatusShape status={service.overlays.includes('paused') ? 'paused' : status} />
        <h3 className={`${styles.name} grow`}>
          <button type="button" className={styles.target} aria-expanded="false" tabIndex={tabIndex} title={service.name} data-card={service.id} onClick={() => onToggle(service.id)} onFocus={() => onFocus?.(service.id)}>
            {service.name}
          </button>
        </h3>
        <ServiceBadges service={service} status={status} />
      </div>
      <p className={`${styles.why} trunc`}>{check ? <CheckLine check={check} /> : <ReasonLine service={service} status={status} names={names} />}</p>
      <PulseBars name={service.name} recent={service.recent} muted={status === 'maintenance'} />
      <div className={styles.meta}>
        <span className="trunc">{kindWords(service.kinds)}</span>
        <span className={styles.age}>
          {stale && <StatusShape status="stale" size={12} />}
          <RelativeTime at={service.last_check} reason="not checked yet" />
        </span>
        <Uptime service={service} />
      </div>
    </article>
  );
});
