import { Link, useSearchParams } from 'react-router';
import { latencySeconds, useLatencySummary } from '../../api/latency.js';
import { useHeldPlaces } from '../../hooks/useHeldOrder.js';
import { QueryCard } from '../../hooks/QueryCard.jsx';
import { useAgedClass } from '../../hooks/QueryNote.jsx';
import { useInside } from '../../hooks/useInside.js';
import { endpointId } from '../../lib/endpointId.js';
import { boundWords, sortWords } from '../../lib/latencyWords.js';
import { sortEndpoints } from '../../lib/sortEndpoints.js';
import { usePhone } from '../../lib/usePhone.js';
import { EndpointLatencyRow } from '../admin/EndpointLatencyRow.jsx';
import { LatencyColumns, LatencyHead } from '../admin/LatencyHead.jsx';
import { LatencyHowTo } from '../admin/LatencyHowTo.jsx';
import styles from '../admin/latency.module.css';
import { HeatKey } from '../charts/HeatKey.jsx';
import { Moment } from '../Moment.jsx';
import { Segments } from '../Segments.jsx';

const sorts = ['p99', 'p95', 'p50', 'count'];
const choices = sorts.map((sort) => [sort, sortWords[sort]]);
const columnsOn = { phone: ['p95', 'p99'], desk: ['p50', 'p95', 'p99', 'count', 'spark', 'change'] };
const titles = { change: 'vs yesterday' };

/** What the table is sorted by: `?latency=p95`, P99 unless chosen. */
const useSort = () => {
  const [params, setParams] = useSearchParams();
  const sort = sorts.includes(params.get('latency')) ? params.get('latency') : 'p99';
  const choose = (next) =>
    setParams(
      (old) => {
        const changed = new URLSearchParams(old);
        if (next === 'p99') changed.delete('latency');
        else changed.set('latency', next);
        return changed;
      },
      { replace: true, preventScrollReset: true },
    );
  return [sort, choose];
};

const Rows = ({ summary, sort, onSort, updatedAt }) => {
  const [inside, handlers] = useInside();
  const { shown } = useHeldPlaces(sortEndpoints(summary.endpoints, sort), inside, { wish: sort, id: endpointId });
  const columns = usePhone() ? columnsOn.phone : columnsOn.desk;
  if (!shown.length) return <LatencyHowTo span="the last hour" port={summary.otlp_port} />;
  const bound = Math.max(...shown.map((latency) => latency.error_bound_pct));
  return (
    <>
      <div className={styles.scroll} role="region" tabIndex={0} aria-label="The busiest endpoints, scrolls" {...handlers}>
        <table className={`table ${styles.table}`} aria-label="Latency of the busiest endpoints">
          <LatencyColumns columns={columns} />
          <thead><LatencyHead columns={columns} sort={sort} onSort={onSort} titles={titles} /></thead>
          <tbody>
            {shown.map((latency) => (
              <EndpointLatencyRow key={endpointId(latency)} latency={latency} columns={columns} thresholds={summary.thresholds_ms}
                to={`/admin/latency?${new URLSearchParams({ open: endpointId(latency) })}`} />
            ))}
          </tbody>
        </table>
      </div>
      <footer className={styles.foot}>
        <HeatKey thresholds={summary.thresholds_ms} />
        <span className="grow" />
        <span className="num">Error bound {boundWords(bound)}. Updated <Moment at={updatedAt} clockOnly /></span>
      </footer>
    </>
  );
};

const listedWords = (count) => (count > 0 && count < 20 ? (count === 1 ? 'its only endpoint' : `all ${count} endpoints`) : 'top 20 by traffic');

/** P50, P95 and P99 of the twenty busiest endpoints of the last hour, against yesterday; a row leads to its histogram.
    Asks when it is first drawn, and then every 60 s. */
export const LatencyHeatmapWidget = () => {
  const [sort, choose] = useSort();
  const query = useLatencySummary({ sort, compare: 'yesterday' });
  const aged = useAgedClass(query, latencySeconds);
  const count = query.data?.endpoints.length;
  return (
    <div className={`${styles.widget} ${aged}`}>
      <QueryCard
        id="latency"
        title="Latency"
        what="the latencies"
        beside={<span className="small dim trunc desk">last hour, {listedWords(count)}</span>}
        aside={<><Segments label="Sort by" value={sort} choices={choices} onChange={choose} /><Link className="link small nowrap" to="/admin/latency">All endpoints</Link></>}
        query={query}
        every={latencySeconds}
        rows={11}
        rowHeight={33}
      >
        {(summary) => <Rows summary={summary} sort={sort} onSort={choose} updatedAt={query.dataUpdatedAt} />}
      </QueryCard>
    </div>
  );
};
