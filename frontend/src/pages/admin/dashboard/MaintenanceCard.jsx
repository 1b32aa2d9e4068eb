import { useMaintenance } from '../../../api/health.js';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Moment } from '../../../components/Moment.jsx';
import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { QueryNote } from '../../../hooks/QueryNote.jsx';
import { listed } from '../../../lib/sentences.js';
import styles from './Dashboard.module.css';

const subjects = ({ service_ids: ids, groups }) => listed([...ids, ...groups]) || 'all services';

const Window = ({ window }) => (
  <li className={styles.window}>
    <StatusShape status={window.active ? 'maintenance' : 'stale'} className={window.active ? '' : styles.planned} />
    <div className="grow">
      <p className="strong trunc">{window.spec.title}</p>
      <p className="small mid trunc">{window.active ? 'Running' : 'Planned'} on {subjects(window.spec)}</p>
    </div>
    <p className="small dim nowrap">
      {window.active ? <>until <Moment at={window.occurrence_ends_at} /></> : <Moment at={window.occurrence_starts_at} />}
    </p>
  </li>
);

const Windows = ({ windows }) =>
  windows.length ? (
    <ul>{windows.map((window) => <Window key={window.id} window={window} />)}</ul>
  ) : (
    <p className={`mid ${styles.empty}`}>No maintenance is running or planned.</p>
  );

/** Work that is running or planned. */
export const MaintenanceCard = () => {
  const query = useMaintenance();
  const ahead = query.data?.maintenance.filter(({ active, occurrence_starts_at: at }) => active || at) ?? [];
  return (
    <section className="card" aria-labelledby="maintenance">
      <header><h2 id="maintenance">Maintenance</h2></header>
      <QueryNote query={query} />
      <Skeleton loading={query.isPending} label="Loading maintenance"><SkeletonRows rows={2} height={48} /></Skeleton>
      {query.data && <Windows windows={ahead.toSorted((a, b) => b.active - a.active)} />}
      {query.isError && !query.data && <LoadFailed problem={query.error} what="maintenance" onRetry={query.refetch} />}
    </section>
  );
};
