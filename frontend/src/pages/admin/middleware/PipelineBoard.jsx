import { useState } from 'react';
import { pipelineSeconds } from '../../../api/pipeline.js';
import { useHasRole } from '../../../api/session.js';
import { TimeShares } from '../../../components/admin/pipeline/TimeShares.jsx';
import { PipelineFlowChart } from '../../../components/admin/PipelineFlowChart.jsx';
import { LeaveDialog } from '../../../components/modals/LeaveDialog.jsx';
import { QueryNote, useAgedClass } from '../../../hooks/QueryNote.jsx';
import { useInside } from '../../../hooks/useInside.js';
import { useLeaveGuard } from '../../../hooks/useLeaveGuard.js';
import { useMiddlewareView } from '../../../hooks/useMiddlewareView.js';
import { useOrderDraft } from '../../../hooks/useOrderDraft.js';
import { MiddlewareDialogs } from './MiddlewareDialogs.jsx';
import { PipelineBanner } from './PipelineBanner.jsx';
import { RevisionsCard } from './RevisionsCard.jsx';
import { StepsCard } from './StepsCard.jsx';
import styles from './middleware.module.css';

/** The steps in the order that is shown. */
const inOrder = (order, { steps }) => order.flatMap((id) => steps.find((step) => step.id === id) ?? []);

/** The page once there is a pipeline: banner, chart, steps, where the time goes, revisions, and the dialogs on top. */
export const PipelineBoard = ({ query }) => {
  const pipeline = query.data;
  const canEdit = useHasRole('admin');
  const [view, change, close] = useMiddlewareView();
  const [inside, handlers] = useInside();
  const draft = useOrderDraft(pipeline, inside);
  const [lit, setLit] = useState('');
  const aged = useAgedClass(query, pipelineSeconds);
  const leaving = useLeaveGuard(draft.moves.length > 0);
  const steps = inOrder(draft.order, pipeline);
  const open = (step) => change({ panel: 'settings', step });
  return (
    <>
      <PipelineBanner pipeline={pipeline} canEdit={canEdit} change={change} />
      {query.isError && <div className={styles.note}><QueryNote query={query} every={pipelineSeconds} /></div>}
      <div className={aged}>
        <PipelineFlowChart pipeline={pipeline} steps={steps} time={view.time} onTime={(time) => change({ time })} lit={lit} onLit={setLit} onOpen={open} />
        <div className={styles.columns}>
          <StepsCard pipeline={pipeline} steps={steps} draft={draft} canEdit={canEdit} inside={handlers} lit={lit} onLit={setLit} onOpen={open} />
          <div className={styles.side}>
            <TimeShares pipeline={pipeline} onAll={() => change({ panel: 'costs' })} />
            <RevisionsCard pipeline={pipeline} canEdit={canEdit} change={change} />
          </div>
        </div>
      </div>
      <MiddlewareDialogs view={view} change={change} close={close} pipeline={pipeline} canEdit={canEdit} />
      {leaving && <LeaveDialog moves={draft.moves.length} onStay={leaving.stay} onLeave={leaving.leave} />}
    </>
  );
};
