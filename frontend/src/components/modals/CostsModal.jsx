import { Modal } from '@mantine/core';
import { formatCount, formatErrors, formatRate, formatSelfTime, formatShare } from '../../lib/formatNumber.js';
import { csv } from '../../lib/csv.js';
import { usePhone } from '../../lib/usePhone.js';
import { CopyButton } from '../CopyButton.jsx';
import { LoadFailed } from '../LoadFailed.jsx';
import { Segments } from '../Segments.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import { WideTable } from '../WideTable.jsx';
import styles from './costs.module.css';

const columns = [
  ['Average', 'avg_ms', formatSelfTime], ['P50', 'p50_ms', formatSelfTime], ['P95', 'p95_ms', formatSelfTime], ['P99', 'p99_ms', formatSelfTime], ['Calls', 'calls', formatCount],
  ['per second', 'calls_per_second', formatRate], ['Answered', 'answered', formatCount], ['Errors', 'errors', formatCount], ['Share', 'share_pct', formatShare],
];

const Row = ({ stats }) => (
  <tr>
    <th scope="row" className={stats.id === 'handler' ? '' : 'mono'}>{stats.id === 'handler' ? 'Handler' : stats.id}</th>
    {columns.map(([head, member, format]) => <td key={head} className={`n ${member === 'errors' && stats.errors ? 't-down strong' : ''}`}>{format(stats[member])}</td>)}
  </tr>
);

const members = ['id', ...columns.map(([, member]) => member)];

const Table = ({ stats, node, onNode }) => {
  const shown = stats.nodes.find((one) => one.node === node) ?? stats;
  const rows = [...shown.steps, shown.handler];
  const choices = [['', 'All gateways'], ...stats.nodes.map((one) => [one.node, one.node])];
  return (
    <>
      <div className={`row ${styles.bar}`}>
        {stats.nodes.length > 1 && <Segments label="Gateway" value={shown.node ?? ''} choices={choices} onChange={onNode} />}
        <span className="small mid grow num">{formatCount(shown.requests)} requests in 5 min, {formatSelfTime(shown.avg_ms)} on average</span>
        <CopyButton text={csv(members, rows)}>Copy as CSV</CopyButton>
      </div>
      <WideTable label="What each step costs">
        <thead><tr><th>Step</th>{columns.map(([head]) => <th key={head} className="n">{head}</th>)}</tr></thead>
        <tbody>{rows.map((one) => <Row key={one.id} stats={one} />)}</tbody>
      </WideTable>
      <p className="small dim">Self time: without what a step waits for further in. Answered: the request went no further. Quantiles are at most {formatErrors(stats.error_bound_pct)} off. WebSockets are not counted.</p>
    </>
  );
};

/** All that is measured of each step, over all gateways or of one. `query`: of the stats; `node`: the gateway chosen. */
export const CostsModal = ({ query, node, onNode, onClose }) => {
  const phone = usePhone();
  return (
    <Modal opened onClose={onClose} size={920} fullScreen={phone} title="What each step costs">
      {query.data && <Table stats={query.data} node={node} onNode={onNode} />}
      {!query.data && query.error && <LoadFailed problem={query.error} what="the times" onRetry={query.refetch} />}
      {!query.data && !query.error && <Skeleton label="Loading the times"><SkeletonRows rows={12} /></Skeleton>}
    </Modal>
  );
};
