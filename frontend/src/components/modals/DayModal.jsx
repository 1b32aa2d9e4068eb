import { Modal } from '@mantine/core';
import { resultStatus, resultWord } from '../../lib/checkWords.js';
import { dayWords, formatDay } from '../../lib/dayWords.js';
import { formatDuration } from '../../lib/formatDuration.js';
import { formatUptime, plural } from '../../lib/formatNumber.js';
import { usePhone } from '../../lib/usePhone.js';
import { CopyButton } from '../CopyButton.jsx';
import { LoadFailed } from '../LoadFailed.jsx';
import { Moment } from '../Moment.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './modals.module.css';

const shownRuns = 100;

const Outages = ({ incidents }) => (
  <section className={styles.section}>
    <h3>{plural(incidents.length, 'outage or slow spell', 'outages or slow spells')}</h3>
    <ul>
      {incidents.map((incident) => (
        <li key={incident.id} className={styles.line}>
          <StatusShape status={incident.status} size={14} />
          <Moment at={incident.started_at} />
          <span className="dim num">{incident.ended_at ? formatDuration(incident.duration_seconds) : 'still going on'}</span>
          <span className="grow trunc mid" title={incident.reason}>{incident.reason}</span>
        </li>
      ))}
    </ul>
  </section>
);

/** The reason with the failing parts before it, unless it names them itself. */
const reasonOf = ({ reason, affected = [] }) => {
  const silent = affected.filter((component) => !reason.includes(component));
  return silent.length ? `${silent.join(', ')}: ${reason}` : reason;
};

const Results = ({ runs, onRun }) => (
  <section className={styles.section}>
    <h3>{runs.length ? `${plural(runs.length, 'result')} that failed or warned` : 'No result failed or warned'}</h3>
    <ul>
      {runs.slice(0, shownRuns).map((run) => (
        <li key={run.id} className={styles.line}>
          <StatusShape status={resultStatus(run.result)} size={14} />
          <button type="button" className="link" onClick={() => onRun(run)}><Moment at={run.started_at} clockOnly /></button>
          <span className="dim">{resultWord(run.result)}</span>
          <span className="grow trunc mid" title={run.reason}>{reasonOf(run)}</span>
        </li>
      ))}
      {runs.length > shownRuns && <li className={`${styles.line} dim`}>and {runs.length - shownRuns} more</li>}
    </ul>
  </section>
);

/** One UTC day of a service: its uptime, its outages, and what failed then. `day`: from the history, when it is known;
    `results`: query result; `incidents`: those that touch the day. */
export const DayModal = ({ service, date, day, incidents, results, onRun, onClose }) => {
  const phone = usePhone();
  return (
    <Modal opened onClose={onClose} size={680} fullScreen={phone} title={`${service.name} on ${formatDay(date)}`}>
      <p className={styles.verdict}>
        {day && <StatusShape status={day.worst === 'no_data' ? 'unknown' : day.worst} size={20} />}
        {day && <b className="num">{formatUptime(day.uptime_pct)}</b>}
        <span className="mid">{day ? dayWords(day) : 'This day is not in the history.'}</span>
        <span className="grow" />
        <CopyButton text={window.location.href}>Copy link</CopyButton>
      </p>
      {incidents.length > 0 && <Outages incidents={incidents} />}
      {results.error && !results.data && <LoadFailed problem={results.error} what="the results of this day" onRetry={results.refetch} />}
      {!results.data && !results.error && <Skeleton label="Loading results"><SkeletonRows rows={5} /></Skeleton>}
      {results.data && <Results runs={results.data} onRun={onRun} />}
      <p className="small dim" style={{ marginTop: 12 }}>Days are UTC days.</p>
    </Modal>
  );
};
