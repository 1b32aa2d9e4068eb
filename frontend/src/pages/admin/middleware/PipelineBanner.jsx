import { useEffect } from 'react';
import { useApplyPipeline, useConfirmPipeline, usePipeline } from '../../../api/pipeline.js';
import { RestartBanner } from '../../../components/admin/pipeline/RestartBanner.jsx';
import { announce } from '../../../lib/announce.js';

const lateMs = 500; // the server decides when the time is over

/** Looks again when the time to confirm is over: then another revision runs. */
const useReturn = (confirmation) => {
  const { refetch } = usePipeline();
  const until = confirmation?.until;
  useEffect(() => {
    if (!until) return undefined;
    const timer = setTimeout(refetch, Math.max(0, Date.parse(until) - Date.now()) + lateMs);
    return () => clearTimeout(timer);
  }, [until, refetch]);
};

const appliedWords = ({ revision, restart_required: restart, confirmation }) => {
  if (restart) return `Revision ${revision} does not run everywhere.`;
  return confirmation ? `Revision ${revision} runs on trial. Keep it within a minute, or ${confirmation.returns_to} comes back.` : `Revision ${revision} runs everywhere.`;
};

const lowestRunning = ({ nodes }) => Math.min(...nodes.map(({ revision }) => revision));

/** The banner with what it does: apply the saved revision, keep a risky one. */
export const PipelineBanner = ({ pipeline, canEdit, change }) => {
  const apply = useApplyPipeline();
  const confirm = useConfirmPipeline();
  useReturn(pipeline.confirmation);
  return (
    <RestartBanner
      pipeline={pipeline}
      apply={apply}
      confirm={confirm}
      applied={[apply, confirm].some(({ data }) => data?.revision === pipeline.revision)}
      canEdit={canEdit}
      onApply={(revision) => apply.mutate(revision, { onSuccess: (answer) => announce(appliedWords(answer)) })}
      onConfirm={(revision) => confirm.mutate(revision, { onSuccess: () => announce(`Revision ${revision} stays.`) })}
      onShow={() => change({ panel: 'diff', revision: String(pipeline.revision), against: String(lowestRunning(pipeline)) })}
      onClose={() => {
        apply.reset();
        confirm.reset();
      }}
    />
  );
};
