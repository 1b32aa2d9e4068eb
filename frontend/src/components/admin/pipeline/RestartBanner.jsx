import { Button } from '@mantine/core';
import { useNow } from '../../../lib/clock.js';
import { plural } from '../../../lib/formatNumber.js';
import { actorWords, nodeTrouble, runningWords } from '../../../lib/pipelineWords.js';
import { problemWords } from '../../../lib/problem.js';
import { sentence } from '../../../lib/sentences.js';
import { GuardedButton } from '../../GuardedButton.jsx';
import { StatusShape } from '../../StatusShape.jsx';
import styles from './banner.module.css';

const Failed = ({ problem }) => problem && <p className="t-down small" role="alert">{problemWords(problem)}</p>;

/** What gateways report besides what they run; one line each. */
const Troubles = ({ nodes }) => {
  const lines = nodes.map(nodeTrouble).filter(Boolean);
  return lines.length > 0 && <ul className={styles.lines}>{lines.map((line) => <li key={line}>{sentence(line)}</li>)}</ul>;
};

const Note = ({ look = 'warn', status = 'degraded', children, actions }) => (
  <div className={`note ${look} ${styles.banner}`}>
    <StatusShape status={status} size={18} />
    {children}
    <span className={styles.actions}>{actions}</span>
  </div>
);

const Seconds = ({ until }) => <span className="num" aria-hidden="true">{plural(Math.max(0, Math.ceil((Date.parse(until) - useNow()) / 1000)), 'second')}</span>;

/** A risky revision runs on trial. */
const OnTrial = ({ confirmation, confirm, canEdit, onConfirm }) => (
  <Note actions={<GuardedButton size="sm" variant="filled" allowed={canEdit} loading={confirm.isPending} onClick={() => onConfirm(confirmation.revision)}>Keep revision {confirmation.revision}</GuardedButton>}>
    <div className="grow" role="status">
      <b className="strong">Revision {confirmation.revision} runs on trial.</b>{' '}
      <span className="mid">It could keep people out, so {confirmation.returns_to} comes back<span className="visually-hidden"> in a minute</span> <span aria-hidden="true">in </span><Seconds until={confirmation.until} /> unless someone keeps it. Applied by {actorWords(confirmation.applied_by)}.</span>
      <Failed problem={confirm.error} />
    </div>
  </Note>
);

const NotRunning = ({ pipeline, apply, canEdit, onApply, onShow }) => (
  <Note
    actions={
      <>
        <Button size="sm" variant="subtle" onClick={onShow}>Show changes</Button>
        <GuardedButton size="sm" allowed={canEdit} loading={apply.isPending} onClick={() => onApply(pipeline.revision)}>Apply without restart</GuardedButton>
      </>
    }
  >
    <div className="grow" role="status">
      <b className="strong">Restart required.</b>{' '}
      <span className="mid">Revision {pipeline.revision} is saved. {sentence(runningWords(pipeline.nodes, pipeline.running_revision))}</span>
      <Troubles nodes={pipeline.nodes} />
      <Failed problem={apply.error} />
    </div>
  </Note>
);

const NoGateway = () => (
  <Note look="info" status="unknown">
    <div className="grow" role="status"><b className="strong">No gateway says what it runs.</b> <span className="mid">Gateways that start now take the saved revision. Times are from before, or missing.</span></div>
  </Note>
);

const Applied = ({ pipeline, onClose }) => (
  <Note look="info" status="healthy" actions={<Button size="sm" variant="subtle" onClick={onClose}>Close</Button>}>
    <div className="grow" role="status"><b className="strong">Revision {pipeline.revision} runs everywhere.</b> <span className="mid">{pipeline.nodes.map(({ node, revision }) => `${node} runs ${revision}`).join(', ')}.</span></div>
  </Note>
);

const OnlyTroubles = ({ nodes }) => (
  <Note><div className="grow" role="status"><b className="strong">Not all is as saved.</b><Troubles nodes={nodes} /></div></Note>
);

/** Whether what is saved is what runs, on which gateway, and what can be done about it. `apply`, `confirm`: mutation results;
    `applied`: an apply of this page ended well just now. */
export const RestartBanner = ({ pipeline, apply, confirm, applied, canEdit, onApply, onConfirm, onShow, onClose }) => {
  const { nodes, confirmation, restart_required: restart } = pipeline;
  const trial = confirmation && <OnTrial confirmation={confirmation} confirm={confirm} canEdit={canEdit} onConfirm={onConfirm} />;
  if (!nodes.length) return <NoGateway />;
  if (restart) return <>{trial}<NotRunning pipeline={pipeline} apply={apply} canEdit={canEdit} onApply={onApply} onShow={onShow} /></>;
  if (trial) return trial;
  if (nodes.some(nodeTrouble)) return <OnlyTroubles nodes={nodes} />;
  return applied ? <Applied pipeline={pipeline} onClose={onClose} /> : null;
};
