import { useMaintenance } from '../../../api/health.js';
import { Moment } from '../../../components/Moment.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
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
      {window.active ? <>until <Moment at={window.occurrence_ends_at} minutes /></> : <Moment at={window.occurrence_starts_at} minutes />}
    </p>
  </li>
);

const Windows = ({ windows }) =>
  windows.length ? (
    <ul>{windows.map((window) => <Window key={window.id} window={window} />)}</ul>
  ) : (
    <p className={`mid ${styles.empty}`}>No maintenance is running or planned.</p>
  );

const ahead = (windows) => windows.filter(({ active, occurrence_starts_at: at }) => active || at).toSorted((a, b) => b.active - a.active);

/** Work that is running or planned. */
export const MaintenanceCard = () => (
  <QueryCard id="maintenance" title="Maintenance" query={useMaintenance()} rows={2} rowHeight={48}>
    {({ maintenance }) => <Windows windows={ahead(maintenance)} />}
  </QueryCard>
);
