import { pipelineSeconds, usePipeline } from '../../api/pipeline.js';
import { LoadFailed } from '../../components/LoadFailed.jsx';
import { usePage } from '../../hooks/usePage.js';
import { revisionLine } from '../../lib/pipelineWords.js';
import { PipelineBoard } from './middleware/PipelineBoard.jsx';
import { PipelineSkeleton } from './middleware/PipelineSkeleton.jsx';

/** What every request passes in the gateway: seen, timed, reordered and switched. Asks again every 5 s. */
export const MiddlewarePipeline = () => {
  const query = usePipeline();
  usePage('Middleware', {
    note: query.data ? revisionLine(query.data) : '',
    updatedAt: query.dataUpdatedAt || null,
    refreshSeconds: pipelineSeconds,
    refresh: query.refetch,
  });
  if (query.data) return <PipelineBoard query={query} />;
  if (query.error) return <section className="card"><LoadFailed problem={query.error} what="the pipeline" onRetry={query.refetch} /></section>;
  return <PipelineSkeleton />;
};
