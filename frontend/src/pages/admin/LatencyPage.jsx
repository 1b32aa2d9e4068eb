import { latencySeconds, useLatencySummary } from '../../api/latency.js';
import { LoadFailed } from '../../components/LoadFailed.jsx';
import { useLatencyView } from '../../hooks/useLatencyView.js';
import { usePage } from '../../hooks/usePage.js';
import { useStaying } from '../../hooks/useStaying.js';
import { useUser } from '../../hooks/useUser.js';
import { linesOf } from '../../lib/endpointId.js';
import { useWatched } from '../../lib/watched.js';
import { LatencyBoard } from './latency/LatencyBoard.jsx';
import { LatencySkeleton } from './latency/LatencySkeleton.jsx';

/** Every endpoint's P50, P95 and P99, now and by hour; a row opens its histogram and trend. Asks again every 60 s. */
export const LatencyPage = () => {
  const [view, change] = useLatencyView();
  const user = useUser()?.name ?? '';
  const own = useWatched(user);
  const listed = useStaying(view.watch.length ? view.watch : own, view.scope);
  const summary = useLatencySummary({
    window: view.window,
    toAt: view.toAt,
    sort: view.sort === 'change' ? 'p99' : view.sort,
    compare: view.compare,
    service: view.service,
    endpoints: view.scope === 'watched' ? linesOf(listed) : undefined,
  });
  usePage('Latency', { updatedAt: summary.dataUpdatedAt || null, refreshSeconds: latencySeconds, refresh: summary.refetch });
  if (summary.data) return <LatencyBoard summary={summary} view={view} change={change} user={user} own={own} listed={listed} />;
  if (summary.error) return <section className="card"><LoadFailed problem={summary.error} what="the latencies" onRetry={summary.refetch} /></section>;
  return <LatencySkeleton />;
};
