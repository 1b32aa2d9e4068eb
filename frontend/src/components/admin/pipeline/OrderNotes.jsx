import { brokenRules, nearestPlace } from '../../../lib/pipelineOrder.js';
import { actorWords } from '../../../lib/pipelineWords.js';
import { sentence } from '../../../lib/sentences.js';
import { StatusShape } from '../../StatusShape.jsx';
import styles from './order.module.css';

/** Someone saved another order meanwhile: told before one's own is saved. */
export const BehindNote = ({ pipeline, moves, onCompare, onFollow }) => (
  <div className={`note info small ${styles.note}`} role="status">
    <span className="grow">
      <b className="strong">{actorWords(pipeline.updated_by)} saved revision {pipeline.revision} meanwhile.</b>{' '}
      {pipeline.comment ? `${sentence(pipeline.comment)} ` : ''}{moves > 0 ? 'Nothing of yours is lost.' : 'The order below is the one before.'}
    </span>
    {moves > 0 ? <button type="button" className="link" onClick={onCompare}>Compare both</button> : <button type="button" className="link" onClick={onFollow}>Order changed, update</button>}
  </div>
);

const Broken = ({ rule, draft, steps }) => {
  const id = draft.moves.includes(rule.step) || !draft.moves.includes(rule.other) ? rule.step : rule.other;
  const index = rule.other && nearestPlace(id, draft.order, steps);
  const helps = index != null && index !== draft.order.indexOf(id);
  return (
    <li className="row">
      <StatusShape status="down" size={14} />
      <span className="grow">{sentence(rule.message)}</span>
      {helps && <button type="button" className="link" onClick={() => draft.move(id, index)}>Move {id} to {index + 1}</button>}
    </li>
  );
};

/** The rules that the order shown breaks, each with its nearest way out. It cannot be saved so. */
export const BrokenRules = ({ draft, steps }) => {
  const broken = draft.moves.length ? brokenRules(draft.order, steps) : [];
  return broken.length > 0 && (
    <div className={`note bad small ${styles.note}`} role="alert">
      <ul className="grow">{broken.map((rule) => <Broken key={rule.rule} rule={rule} draft={draft} steps={steps} />)}</ul>
    </div>
  );
};
