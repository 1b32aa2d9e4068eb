import { useOpenIncidents } from '../../api/incidents.js';
import { refreshSeconds } from '../../api/polling.js';
import { HealthBanners } from '../../components/admin/HealthBanners.jsx';
import { LoadFailed } from '../../components/LoadFailed.jsx';
import { FiringWidget } from '../../components/widgets/FiringWidget.jsx';
import { LatencyHeatmapWidget } from '../../components/widgets/LatencyHeatmapWidget.jsx';
import { WebSocketStatusWidget } from '../../components/widgets/WebSocketStatusWidget.jsx';
import { QueryNote, useAgedClass } from '../../hooks/QueryNote.jsx';
import { usePage } from '../../hooks/usePage.js';
import { useServices } from '../../hooks/useServices.js';
import { verdict } from '../../lib/verdict.js';
import { DashboardSkeleton } from './dashboard/DashboardSkeleton.jsx';
import styles from './dashboard/Dashboard.module.css';
import { HealthStrip } from './dashboard/HealthStrip.jsx';
import { MaintenanceCard } from './dashboard/MaintenanceCard.jsx';
import { Verdict } from './dashboard/Verdict.jsx';

const none = [];

const Answers = ({ board, services }) => {
  const incidents = useOpenIncidents().data?.incidents ?? none;
  const worst = verdict({ ...board.data, services }, incidents);
  return (
    <div className="stack">
      <QueryNote query={board} />
      <HealthBanners board={{ ...board.data, checking: true }} />
      <div className={`stack ${useAgedClass(board)}`}>
        {worst && <Verdict {...worst} />}
        <HealthStrip services={services} />
      </div>
    </div>
  );
};

const Health = ({ board, services }) => {
  if (board.isError && !board.data) return <section className="card"><LoadFailed problem={board.error} what="the services" onRetry={board.refetch} /></section>;
  return <DashboardSkeleton loading={board.isPending} then={() => <Answers board={board} services={services} />} />;
};

/** Is it fine, and if not, where do I go? Each part stands by itself: one that fails takes no other with it. */
export const DashboardPage = () => {
  const { services, board } = useServices();
  usePage('Dashboard', { updatedAt: board.dataUpdatedAt, refreshSeconds, refresh: board.refetch });
  return (
    <div className="stack">
      <Health board={board} services={services} />
      <div className={styles.columns}>
        <LatencyHeatmapWidget />
        <div className={`stack ${styles.aside}`}>
          <FiringWidget />
          <WebSocketStatusWidget />
          <MaintenanceCard />
        </div>
      </div>
    </div>
  );
};
