import { useHealthIncidents } from '../../../api/health.js';
import { useHistogram, useTrend } from '../../../api/latency.js';
import styles from '../../../components/admin/latencyBar.module.css';
import { LatencyHistogram } from '../../../components/charts/LatencyHistogram.jsx';
import { LatencyTrendChart } from '../../../components/charts/LatencyTrendChart.jsx';
import { CopyButton } from '../../../components/CopyButton.jsx';
import { Icon } from '../../../components/Icon.jsx';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Skeleton } from '../../../components/Skeleton.jsx';
import { formatErrors, formatLatency } from '../../../lib/formatNumber.js';
import { boundWords, comparedWords, insufficientWords, isEnough } from '../../../lib/latencyWords.js';

const dayMs = 86_400_000;
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

const Facts = ({ latency }) => (
  <dl>
    <div><dt>Errors</dt><dd className={latency.error_rate_pct >= 1 ? 't-down' : ''}>{formatErrors(latency.error_rate_pct)}</dd></div>
    <div><dt>Max</dt><dd>{formatLatency(latency.max_ms)}</dd></div>
    <div><dt>Mean</dt><dd>{formatLatency(latency.mean_ms)}</dd></div>
    <div><dt>Error bound</dt><dd title="No quantile is further from the exact value than this">{boundWords(latency.error_bound_pct)}</dd></div>
  </dl>
);

/** Under an open row: how its response times are distributed, how they went, and a link to it. */
export const OpenEndpoint = ({ latency, view, zone, thresholds, hourAt, onHourAt }) => {
  const { service, method, path } = latency;
  const question = { service, method, path, compare: view.compare };
  const histogram = useHistogram({ ...question, window: view.window });
  const trend = useTrend({ ...question, window: Math.max(view.window, dayMs / 1000) });
  const incidents = useHealthIncidents({ limit: 20 }).data?.incidents;
  const compared = `same time ${comparedWords[view.compare] ?? ''}`;
  return (
    <>
      {!isEnough(latency) && <p className={`small mid ${styles.few}`}>{insufficientWords(latency.count)}: P99 is told from 100 requests on, P95 from 20, P50 from 2.</p>}
      <div className={styles.details}>
        <Part query={histogram} what="the response times">
          {(data) => <LatencyHistogram histogram={data} thresholds={thresholds} compared={compared} />}
        </Part>
        <Part query={trend} what="the trend">
          {(data) => <LatencyTrendChart trend={data} zone={zone} compared={comparedWords[view.compare]} pointedAt={hourAt} onPoint={onHourAt} incidents={incidentsOf(service, incidents)} />}
        </Part>
        <aside className={styles.side} aria-label="Facts">
          <Facts latency={latency} />
          <CopyButton text={window.location.href} size="sm" leftSection={<Icon name="link" size={14} />}>Copy link</CopyButton>
        </aside>
      </div>
    </>
  );
};
