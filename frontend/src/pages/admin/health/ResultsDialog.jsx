import { useState } from 'react';
import { useRuns, useServiceDetail } from '../../../api/health.js';
import { HealthCheckModal } from '../../../components/modals/HealthCheckModal.jsx';

const defaultTimeoutSeconds = 5;

/** The results of a service, with the last success to compare with. */
export const ResultsDialog = ({ view, change, service, byId, checks, can, act }) => {
  const [filter, setFilter] = useState('');
  const [groupIds, setGroupIds] = useState([]);
  const detail = useServiceDetail(service.id).data;
  const runs = useRuns(service.id, { result: filter });
  const passes = useRuns(service.id, { limit: 1, result: 'pass' });
  const lastSuccess = passes.data?.runs.find((run) => run.result === 'pass') ?? runs.data?.runs.find((run) => run.result === 'pass');

  const checkAll = () => {
    const ids = [service.id, ...(detail?.affected_by ?? []).map((one) => one.id)];
    setGroupIds(ids);
    for (const id of ids) act.check(id);
  };
  const checkOne = async () => {
    const run = await act.check(service.id);
    if (run) change({ run: run.id });
  };
  return (
    <HealthCheckModal
      service={service}
      timeoutSeconds={detail?.spec.timeout_seconds ?? defaultTimeoutSeconds}
      runs={runs}
      runId={view.run}
      onRun={(run) => change({ run })}
      filter={filter}
      onFilter={setFilter}
      lastSuccess={lastSuccess}
      check={checks[service.id]}
      can={can}
      onCheck={checkOne}
      group={groupIds.map((id) => ({ id, name: byId.get(id)?.name ?? id, check: checks[id] }))}
      onCheckAll={checkAll}
      onClose={act.close}
    />
  );
};
