import { useBoard } from '../../api/health.js';
import { refreshSeconds } from '../../api/polling.js';
import { LoadFailed } from '../../components/LoadFailed.jsx';
import { usePage } from '../../hooks/usePage.js';
import { BoardSkeleton } from './health/BoardSkeleton.jsx';
import { HealthBoard } from './health/HealthBoard.jsx';

/** All services with their health, why it is so, and who depends on whom. Asks again every 30 s. */
export const ServiceHealthGrid = () => {
  const board = useBoard();
  usePage('Health', { updatedAt: board.dataUpdatedAt || null, refreshSeconds, refresh: board.refetch });
  if (board.data) return <HealthBoard query={board} />;
  if (board.error) return <section className="card"><LoadFailed problem={board.error} what="the services" onRetry={board.refetch} /></section>;
  return <BoardSkeleton />;
};
