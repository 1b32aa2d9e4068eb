import { formatCount, formatRate, formatSelfTime, formatShare } from '../../../lib/formatNumber.js';
import { reasonWords } from '../../../lib/pipelineOrder.js';
import { capitalised, listed, sentence } from '../../../lib/sentences.js';
import { fieldsOf } from '../../../lib/settingsSchema.js';
import { WideTable } from '../../WideTable.jsx';
import styles from './settings.module.css';

const kindWords = { text: 'text', number: 'number', select: 'one of', switch: 'on or off', tags: 'list', choices: 'any of', group: 'group', oneOf: 'one of', json: 'JSON' };

const limitWords = ({ min, max, unit }) => {
  const amount = (value) => `${formatCount(value)}${unit ? ` ${unit}` : ''}`;
  return [min != null && `from ${amount(min)}`, max != null && `to ${amount(max)}`].filter(Boolean).join(' ');
};

const typeWords = (field) => {
  const options = field.options ? ` ${field.options.map(({ label, value }) => (label === value ? value : `${label} (${value})`)).join(', ')}` : '';
  return `${kindWords[field.kind]}${options}${field.kind === 'number' ? ` ${limitWords(field)}` : ''}`;
};

const Setting = ({ field }) => (
  <div>
    <dt><b className="strong">{field.label}</b> <span className="mono dim">{field.name}</span></dt>
    <dd>
      {field.hint && <p>{sentence(field.hint)}</p>}
      <p className="small mid">{capitalised(typeWords(field))}{field.usual !== undefined && <>; default <span className="mono">{JSON.stringify(field.usual)}</span></>}</p>
    </dd>
  </div>
);

const placeWords = { before: 'Before', after: 'After', requires: 'Only with' };

const Constraints = ({ step }) => (
  <section>
    <h3>Where it may stand</h3>
    {step.constraints.length === 0 && <p className="mid">Anywhere, as far as other steps allow it.</p>}
    <ul>
      {step.constraints.map((constraint) => (
        <li key={constraint.kind + constraint.others.join()}>
          <b className="strong">{placeWords[constraint.kind]}</b> <span className="mono">{constraint.others.length > 6 ? 'all other steps' : listed(constraint.others, 6)}</span>
          {constraint.when && <span className="dim"> while {constraint.when.setting} is {constraint.when.values.join(' or ')}</span>}
          <span className="mid">. {sentence(reasonWords({ step: step.id, reason: constraint.reason }))}</span>
        </li>
      ))}
    </ul>
  </section>
);

const Costs = ({ nodes }) => (
  <section>
    <h3>What it costs, last 5 min</h3>
    <WideTable label="What it costs">
      <thead><tr><th>Gateway</th>{['Average', 'P95', 'P99', 'Calls', 'Answered', 'Errors', 'Share'].map((head) => <th key={head} className="n">{head}</th>)}</tr></thead>
      <tbody>
        {nodes.map(([node, stats]) => (
          <tr key={node}>
            <th scope="row">{node}</th>
            <td className="n">{formatSelfTime(stats.avg_ms)}</td><td className="n">{formatSelfTime(stats.p95_ms)}</td><td className="n">{formatSelfTime(stats.p99_ms)}</td>
            <td className="n">{formatRate(stats.calls_per_second)}</td><td className="n">{formatRate(stats.answered_per_second)}</td><td className="n">{formatCount(stats.errors)}</td><td className="n">{formatShare(stats.share_pct)}</td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  </section>
);

/** What the step does, every setting, where it may stand, and what it costs on each gateway. */
export const SettingsDocs = ({ middleware: { step, schema, nodes } }) => {
  const fields = fieldsOf(schema);
  const measured = Object.entries(nodes);
  return (
    <div className={styles.docs}>
      <p>{step.doc}</p>
      {fields.length > 0 && <section><h3>Settings</h3><dl>{fields.map((field) => <Setting key={field.name} field={field} />)}</dl></section>}
      <Constraints step={step} />
      {measured.length > 0 && <Costs nodes={measured} />}
    </div>
  );
};
