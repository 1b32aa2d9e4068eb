import { useRef } from 'react';
import { latencySeconds, useKnownEndpoints } from '../../../api/latency.js';
import styles from '../../../components/admin/latency.module.css';
import { FleetNumbers } from '../../../components/admin/FleetNumbers.jsx';
import { LatencyFoot } from '../../../components/admin/LatencyFoot.jsx';
import { LatencyMenu } from '../../../components/admin/LatencyMenu.jsx';
import { LatencyToolbar } from '../../../components/admin/LatencyToolbar.jsx';
import { useFilterText } from '../../../hooks/useFilterText.js';
import { QueryNote, useAgedClass } from '../../../hooks/QueryNote.jsx';
import { useShortcut } from '../../../hooks/useShortcut.js';
import { stripQuantile } from '../../../lib/hourPoint.js';
import { shiftRange } from '../../../lib/latencyRange.js';
import { usePreference } from '../../../lib/preferences.js';
import { EndpointsGrid } from './EndpointsGrid.jsx';
import { InsteadOfRows } from './InsteadOfRows.jsx';
import { NothingMeasured } from './NothingMeasured.jsx';
import { SharedList } from './SharedList.jsx';
import { useEndpointRows } from './useEndpointRows.js';
import { useWatching } from './useWatching.js';

const servicesOf = (...given) => [...new Set(given.flatMap((list) => (list ?? []).map(({ service }) => service)))].toSorted();
const listedWords = (scope, { endpoints }) => (scope === 'watched' ? 'watched' : `top ${endpoints.length}`);

/** The address of what is shown; a list of watched endpoints goes with it. */
const linkOf = (view, listed) => () => {
  const url = new URL(window.location.href);
  url.searchParams.delete('watch');
  if (view.scope === 'watched') for (const id of listed) url.searchParams.append('watch', id);
  return url.href;
};

/** The page once there is a summary: toolbar, numbers of the fleet, and the table of endpoints. `own`: what is watched,
    `listed`: what the list of watched endpoints shows. */
export const LatencyBoard = ({ summary, view, change, user, own, listed }) => {
  const { data } = summary;
  const [text, setText] = useFilterText(view.q, change);
  const zone = usePreference('zone');
  const known = useKnownEndpoints();
  const filter = useRef(null);
  const aged = useAgedClass(summary, latencySeconds);
  const onWatch = useWatching(user, own);
  const numbers = data.endpoints.length > 0 && (view.scope !== 'watched' || listed.length > 0);
  const rows = useEndpointRows({ summary: data, view, text, listed });
  useShortcut('/', () => filter.current.focus());
  useShortcut('[', () => change(shiftRange(view, -1, Date.now())));
  useShortcut(']', () => change(shiftRange(view, 1, Date.now())));
  useShortcut('Escape', () => change({ open: '' }), Boolean(view.open));

  const table = () => {
    const hasRows = rows.endpoints.length > 0 || (view.open && !rows.query?.isPending);
    if (!data.total_endpoints && !view.open && view.scope !== 'watched') return <NothingMeasured view={view} summary={data} known={known} zone={zone} change={change} />;
    if (!hasRows) return <InsteadOfRows scope={view.scope} query={rows.query} summary={data} listed={listed} text={text} onText={setText} change={change} />;
    return (
      <>
        <EndpointsGrid rows={rows} summary={data} old={summary.isPlaceholderData} view={view} change={change} zone={zone} own={own} onWatch={onWatch} known={known} />
        <LatencyFoot summary={data} quantile={stripQuantile(view.sort)} compare={view.compare} zone={zone} />
      </>
    );
  };
  return (
    <>
      <LatencyToolbar view={view} zone={zone} services={servicesOf(known, data.endpoints, view.service ? [view] : [])} total={data.total_endpoints} watched={own.length}
        text={text} onText={setText} filterRef={filter} onChange={change} menu={<LatencyMenu endpoints={rows.endpoints} link={linkOf(view, listed)} />} />
      <div className={aged}>
        {numbers && <FleetNumbers summary={data} seconds={view.window} listed={listedWords(view.scope, data)} />}
        <section className={`card ${styles.page}`} aria-label="Latency by endpoint">
          <QueryNote query={summary} every={latencySeconds} />
          {view.scope === 'watched' && view.watch.length > 0 && <SharedList listed={listed} own={own} user={user} onLeave={() => change({ watch: '' })} />}
          {table()}
        </section>
      </div>
    </>
  );
};
