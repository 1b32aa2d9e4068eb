import { Modal } from '@mantine/core';
import { formatMetric } from '../../lib/metricValue.js';
import { stateWords } from '../../lib/ruleWords.js';
import { capitalised, sentence } from '../../lib/sentences.js';
import { usePhone } from '../../lib/usePhone.js';
import { LoadFailed } from '../LoadFailed.jsx';
import { Moment } from '../Moment.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';

const outcomes = { breach: 'Beyond the line', ok: 'Fine', between: 'Between the lines', no_data: 'No data', too_few: 'Too few samples' };

const Rows = ({ evaluations, unit, levels }) => (
  <div className="scroll-x" role="region" tabIndex={0} aria-label="Evaluations">
    <table className="table">
      <thead><tr><th scope="col">At</th><th scope="col">Series</th><th scope="col" className="n">Value</th><th scope="col" className="n">Samples</th><th scope="col">Compared</th><th scope="col">Then</th><th scope="col">Why</th></tr></thead>
      <tbody>
        {evaluations.map((one, at) => (
          <tr key={at}>
            <td><Moment at={one.at} /></td>
            <td className="mono">{one.title}</td>
            <td className="n">{formatMetric(one.value, unit, levels)}</td>
            <td className="n">{formatMetric(one.count)}</td>
            <td>{outcomes[one.outcome]}</td>
            <td>{stateWords[one.state]}</td>
            <td className="mid">{one.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Found = ({ data, unit, levels }) => (
  <div className="stack">
    <p>{data.never_matched ? 'It has never fired, because no series has ever matched it.' : sentence(capitalised(data.state_reason))}</p>
    {data.evaluations.length > 0 ? <Rows evaluations={data.evaluations} unit={unit} levels={levels} /> : <p className="mid">Nothing was evaluated yet.</p>}
  </div>
);

/** Why did a rule (not) fire: its last evaluations. `query`: of them. */
export const RuleWhyModal = ({ rule, levels, query, onClose }) => {
  const phone = usePhone();
  return (
    <Modal opened onClose={onClose} size={860} fullScreen={phone} title={`Why ${rule.name} ${rule.state === 'firing' ? 'fires' : 'does not fire'}`}>
      {query.data && <Found data={query.data} unit={rule.unit} levels={levels} />}
      {!query.data && query.error && <LoadFailed problem={query.error} what="its evaluations" onRetry={query.refetch} />}
      {!query.data && !query.error && <Skeleton label="Loading its evaluations"><SkeletonRows rows={8} /></Skeleton>}
    </Modal>
  );
};
