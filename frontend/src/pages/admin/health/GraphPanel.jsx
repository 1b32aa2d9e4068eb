import { lazy, Suspense } from 'react';
import { useDependencies } from '../../../api/health.js';
import { nextTryAt } from '../../../api/polling.js';
import { DependencyTable } from '../../../components/admin/DependencyTable.jsx';
import { PathLine } from '../../../components/admin/graph/PathLine.jsx';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { StaleNote } from '../../../components/StaleNote.jsx';
import { usePhone } from '../../../lib/usePhone.js';

const DependencyGraph = lazy(async () => ({ default: (await import('../../../components/admin/DependencyGraph.jsx')).DependencyGraph }));

const Placeholder = ({ height }) => <section className="card" aria-label="Dependencies" aria-busy="true" style={{ height: `calc(${height} + 96px)` }} />;

const OnPhone = ({ map, selectedId, onSelect }) => (
  <section className="card" aria-label="Dependencies">
    <header><h2>Dependencies</h2></header>
    <PathLine map={map} selectedId={selectedId} onSelect={onSelect} />
    <DependencyTable map={map} selectedId={selectedId} onSelect={onSelect} />
  </section>
);

/** The dependency map beside or instead of the list; on a phone its table and path. */
export const GraphPanel = ({ services, selectedId, onSelect, onExpand, height }) => {
  const dependencies = useDependencies();
  const phone = usePhone();
  const { data: map, error } = dependencies;
  if (!map && error) return <section className="card" aria-label="Dependencies"><LoadFailed problem={error} what="the dependencies" onRetry={dependencies.refetch} /></section>;
  if (!map) return <Placeholder height={height} />;
  if (phone) return <OnPhone map={map} selectedId={selectedId} onSelect={onSelect} />;
  return (
    <Suspense fallback={<Placeholder height={height} />}>
      {error && <StaleNote problem={error} from={dependencies.dataUpdatedAt} nextAt={nextTryAt(dependencies)} onRetry={dependencies.refetch} />}
      <DependencyGraph map={map} services={services} selectedId={selectedId} onSelect={onSelect} onExpand={onExpand} height={height} />
    </Suspense>
  );
};
