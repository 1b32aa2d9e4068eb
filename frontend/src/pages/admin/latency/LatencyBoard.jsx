import { useRef } from 'react';
import { latencySeconds, useKnownEndpoints } from '../../../api/latency.js';
import styles from '../../../components/admin/latency.module.css';
import { FleetNumbers } from '../../../components/admin/FleetNumbers.jsx';
import { LatencyFoot } from '../../../components/admin/LatencyFoot.jsx';
import { LatencyHowTo } from '../../../components/admin/LatencyHowTo.jsx';
import { LatencyToolbar } from '../../../components/admin/LatencyToolbar.jsx';
import { useFilterText } from '../../../hooks/useFilterText.js';
import { ranges } from '../../../hooks/useLatencyView.js';
import { QueryNote, useAgedClass } from '../../../hooks/QueryNote.jsx';
import { useShortcut } from '../../../hooks/useShortcut.js';
import { comparedWords } from '../../../lib/latencyWords.js';
import { AllEndpoints } from './AllEndpoints.jsx';
import { EndpointsGrid } from './EndpointsGrid.jsx';
import { TopEndpoints } from './TopEndpoints.jsx';

const spans = { '1h': 'hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days' };
const choices = ranges.map(([id, word]) => [id, word]);

const stepRange = (range, by) => ranges[ranges.findIndex(([id]) => id === range) + by]?.[0] ?? range;

const servicesOf = (...lists) => [...new Set(lists.flatMap((list) => (list ?? []).map(({ service }) => service)))].toSorted();

/** The page once there is a summary: toolbar, numbers of the fleet, and the table of endpoints. */
export const LatencyBoard = ({ summary, view, change }) => {
  const { data } = summary;
  const [text, setText] = useFilterText(view.q, change);
  const known = useKnownEndpoints();
  const filter = useRef(null);
  const aged = useAgedClass(summary, latencySeconds);
  const Rows = view.scope === 'all' ? AllEndpoints : TopEndpoints;
  useShortcut('/', () => filter.current.focus());
  useShortcut('[', () => change({ range: stepRange(view.range, 1) }));
  useShortcut(']', () => change({ range: stepRange(view.range, -1) }));
  useShortcut('Escape', () => change({ open: '' }), Boolean(view.open));

  const toLonger = view.range !== '7d' && <button type="button" className="link" onClick={() => change({ range: '7d' })}>Look at 7 days</button>;
  return (
    <>
      <LatencyToolbar view={view} ranges={choices} services={servicesOf(known, data.endpoints, view.service ? [view] : [])} total={data.total_endpoints} text={text} onText={setText} filterRef={filter} onChange={change} />
      <div className={aged}>
        {data.endpoints.length > 0 && <FleetNumbers summary={data} seconds={view.window} />}
        <section className={`card ${styles.page}`} aria-label="Latency by endpoint">
          <QueryNote query={summary} every={latencySeconds} />
          {data.endpoints.length || view.open ? (
            <Rows summary={data} view={view} text={text} onText={setText} change={change}>
              {(rows) => (
                <>
                  <EndpointsGrid {...rows} summary={data} view={view} change={change} />
                  <LatencyFoot summary={data} endpoints={rows.endpoints} isCompared={view.canCompare} compared={comparedWords[view.compare]} />
                </>
              )}
            </Rows>
          ) : <LatencyHowTo span={spans[view.range]} port={data.otlp_port} service={view.service} action={toLonger} />}
        </section>
      </div>
    </>
  );
};
