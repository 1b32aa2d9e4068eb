import { useHealthIncidents } from '../../../api/health.js';
import { useExamples, useHistogram, useTrend } from '../../../api/latency.js';
import { EndpointFacts } from '../../../components/admin/EndpointFacts.jsx';
import { SlowExamples } from '../../../components/admin/SlowExamples.jsx';
import styles from '../../../components/admin/latencyBar.module.css';
import { LatencyHistogram } from '../../../components/charts/LatencyHistogram.jsx';
import { LatencyTrendChart } from '../../../components/charts/LatencyTrendChart.jsx';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Skeleton } from '../../../components/Skeleton.jsx';
import { useNow } from '../../../lib/clock.js';
import { endpointId } from '../../../lib/endpointId.js';
import { stripQuantile } from '../../../lib/hourPoint.js';
import { hourMs } from '../../../lib/hours.js';
import { rangeName } from '../../../lib/latencyRange.js';
import { comparedWords, insufficientWords, isEnough } from '../../../lib/latencyWords.js';
import { endpointAfter } from '../../../lib/renamed.js';
import { EndpointActions } from './EndpointActions.jsx';
import { PhoneHours } from './PhoneHours.jsx';

const daySeconds = 86_400;
const shownIncidents = 2;

/** What the trend marks: when the service itself, by its own name, went down or became slow. */
const incidentsOf = (service, incidents = []) =>
  incidents
    .filter(({ service_id: id, service_name: name }) => service === id || service === name)
    .slice(0, shownIncidents)
    .map(({ started_at: at, status }) => ({ at, words: status }));

const Part = ({ query, what, children }) => {
  if (query.data) return children(query.data);
  if (query.error) return <div className={styles.waiting}><LoadFailed problem={query.error} what={what} onRetry={query.refetch} /></div>;
  return <Skeleton label={`Loading ${what}`}><div className={styles.waiting} /></Skeleton>;
};

/** Why there are no quantiles, and under which name a quiet endpoint goes on. */
const Few = ({ latency, known, change }) => {
  const after = latency.count === 0 ? endpointAfter(latency, known) : null;
  return (
    <p className={`small mid ${styles.few}`}>
      {insufficientWords(latency.count)}: P99 is told from 100 requests on, P95 from 20, P50 from 2.
      {after && <> When its requests ended, those of {after.service} began: <button type="button" className="link" onClick={() => change({ open: endpointId(after), service: '' })}>open {after.service}</button>.</>}
    </p>
  );
};

/** Where the trend ends (ISO): with the strips, when those do not end now. */
const trendEnd = (hours, now) => (hours.at(-1) + hourMs > now ? undefined : new Date(hours.at(-1) + hourMs).toISOString());

/** Under an open row: how its response times are distributed, how they went, the slowest of them, and what to do. */
export const OpenEndpoint = ({ latency, view, zone, hours, summary, known, watched, onWatch, phone, change, hourAt, onHourAt }) => {
  const { service, method, path } = latency;
  const { thresholds_ms: thresholds } = summary;
  const now = useNow(60);
  const question = { service, method, path, compare: view.compare };
  const histogram = useHistogram({ ...question, window: view.window, toAt: view.toAt });
  const trend = useTrend({ ...question, window: Math.max(view.window, daySeconds), toAt: trendEnd(hours, now) });
  const examples = useExamples({ service, method, path, window: view.window, toAt: view.toAt }).data?.examples ?? [];
  const incidents = useHealthIncidents({ limit: 20 }).data?.incidents;
  return (
    <>
      {!isEnough(latency) && <Few latency={latency} known={known} change={change} />}
      {phone && <PhoneHours latency={latency} quantile={stripQuantile(view.sort)} thresholds={thresholds} compare={view.compare} hours={hours} zone={zone} now={now} />}
      <div className={styles.details}>
        <Part query={histogram} what="the response times">
          {(data) => <LatencyHistogram histogram={data} thresholds={thresholds} of={rangeName(view, zone)} compared={`same time ${comparedWords[view.compare] ?? ''}`} />}
        </Part>
        <Part query={trend} what="the trend">
          {(data) => <LatencyTrendChart trend={data} zone={zone} compared={comparedWords[view.compare]} pointedAt={hourAt} onPoint={onHourAt} chosen={view.from === null ? null : [view.from, view.to]} incidents={incidentsOf(service, incidents)} />}
        </Part>
        <aside className={styles.side} aria-label="Facts">
          <EndpointFacts latency={latency} all={phone} />
          <EndpointActions latency={latency} watched={watched.includes(endpointId(latency))} onWatch={phone ? onWatch : null} />
        </aside>
        {examples.length > 0 && <SlowExamples examples={examples} />}
      </div>
    </>
  );
};
