import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { refusedWords, resultStatus, runWords } from '../../lib/checkWords.js';
import { usePhone } from '../../lib/usePhone.js';
import { CheckButton } from '../cards/CheckButton.jsx';
import { CheckResult } from '../cards/CheckResult.jsx';
import { LoadFailed } from '../LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { RunPicker } from './RunPicker.jsx';
import { RunView } from './RunView.jsx';
import styles from './modals.module.css';

const GroupLine = ({ name, check }) => {
  const running = !check || check.phase === 'running';
  const status = running || check.phase === 'refused' ? 'unknown' : resultStatus(check.run.result);
  const words = running ? 'Checking' : check.phase === 'refused' ? refusedWords(check.problem, 0) : runWords(check.run);
  return <li><StatusShape status={status} size={14} /><b className="strong">{name}</b><span className="mid">{words}</span></li>;
};

const arrows = { ArrowLeft: 1, ArrowRight: -1 };

const Body = ({ runs, run, lastSuccess, comparing, timeoutSeconds, onRetry }) => {
  if (runs.error && !runs.data) return <LoadFailed problem={runs.error} what="the results" onRetry={onRetry} />;
  if (!runs.data) return <Skeleton label="Loading results"><SkeletonRows rows={6} /></Skeleton>;
  if (!run) return <p className={`mid ${styles.none}`}>No result yet.</p>;
  return <RunView run={run} before={comparing ? lastSuccess : undefined} timeoutSeconds={timeoutSeconds} />;
};

/** All about the results of one service: phases, assertions, answer, and the way to earlier ones. `runs`: query result,
    newest first; `runId`: the one shown ('' is the newest); `group`: [{id, name, check}] while its dependencies are checked, too. */
export const HealthCheckModal = ({ service, timeoutSeconds, runs, runId, onRun, filter, onFilter, lastSuccess, check, can, onCheck, group, onCheckAll, onClose }) => {
  const phone = usePhone();
  const [comparing, setComparing] = useState(false);
  const all = runs.data?.runs ?? [];
  const fresh = check?.phase === 'done' && check.run.id === runId ? check.run : undefined;
  const run = all.find((one) => one.id === runId) ?? fresh ?? all[0];
  const comparable = lastSuccess && run && lastSuccess.id !== run.id;

  const onKeyDown = (event) => {
    const next = all[all.findIndex((one) => one.id === run?.id) + arrows[event.key]];
    if (!next || event.target.closest('input, pre')) return;
    event.preventDefault();
    onRun(next.id);
  };

  return (
    <Modal opened onClose={onClose} size={760} fullScreen={phone} title={`Results of ${service.name}`} onKeyDown={onKeyDown}>
      <RunPicker runs={all} current={run} onRun={onRun} filter={filter} onFilter={onFilter} />
      <Body runs={runs} run={run} lastSuccess={lastSuccess} comparing={comparing && comparable} timeoutSeconds={timeoutSeconds} onRetry={runs.refetch} />
      {check?.run?.id !== run?.id && <CheckResult check={check} onDetails={(done) => onRun(done.id)} />}
      {group.length > 0 && <ul className={styles.group} aria-label="Checks of it and its dependencies">{group.map((one) => <GroupLine key={one.id} {...one} />)}</ul>}
      <footer className={styles.foot}>
        <Button size="sm" variant="subtle" disabled={!comparable} aria-pressed={comparing} onClick={() => setComparing(!comparing)}>
          {comparing ? 'Stop comparing' : 'Compare with last success'}
        </Button>
        <span className="grow" />
        <CheckButton name={`${service.name} and its dependencies`} allowed={can.operate} onCheck={onCheckAll}>Check this and its dependencies</CheckButton>
        <CheckButton name={service.name} check={check} allowed={can.operate} onCheck={onCheck} />
      </footer>
    </Modal>
  );
};
