import { resultStatus } from '../../lib/checkWords.js';
import { formatLatency } from '../../lib/formatNumber.js';
import { kindWord } from '../../lib/kindWords.js';
import { shownStatus } from '../../lib/status.js';
import { StatusShape } from '../StatusShape.jsx';
import styles from './card.module.css';

const needsWords = { required: 'requires it', limited: 'needs it a little', optional: 'uses it' };
const shownImpacts = 6;
const onAddress = / on \S+:\d+(,.*)?$/; // it stands in the cause line already

const Loading = () => [0, 1, 2].map((row) => <li key={row}><span className="skeleton" style={{ width: `${70 - row * 15}%`, height: 12 }} /></li>);

/** A check that was never reached has no phase and no result of its own. */
const componentWords = (outcome) => (outcome.result === 'pass' ? kindWord(outcome.kind) : outcome.reason.replace(onAddress, ''));

/** Each check with its own state, so that a part that fails has a name. */
export const ComponentList = ({ detail, onOpen }) => {
  const outcomes = detail.data?.last_run?.components;
  const planned = detail.data?.spec.checks ?? [];
  return (
    <div>
      <h4>Checks</h4>
      <ul className={styles.list}>
        {!detail.data && <Loading />}
        {outcomes?.map((outcome) => (
          <li key={outcome.component} data-component={outcome.component} data-result={outcome.result}>
            <StatusShape status={resultStatus(outcome.result)} size={14} />
            <button type="button" onClick={onOpen}>{outcome.component}</button>
            <span className="grow trunc dim" title={outcome.reason}>{componentWords(outcome)}</span>
            <span className="num dim">{formatLatency(outcome.duration_ms)}</span>
          </li>
        ))}
        {detail.data && !outcomes &&
          planned.map((spec) => (
            <li key={spec.name ?? spec.kind}>
              <StatusShape status="unknown" size={14} /><b>{spec.name ?? kindWord(spec.kind)}</b><span className="dim">not run yet</span>
            </li>
          ))}
      </ul>
    </div>
  );
};

const impactShape = (impact) => (impact.at_risk && impact.effective === 'healthy' ? 'risk' : shownStatus({ effective: impact.effective }));
const viaWords = ({ via, kind }, direction) => (via.length ? `via ${via.at(-1)}` : direction === 'affects' ? needsWords[kind] : kind);

/** Who feels it; for a service that nobody needs, what it needs itself. */
export const ImpactList = ({ detail, onOpen }) => {
  const { affects = [], affected_by: needs = [] } = detail.data ?? {};
  const direction = affects.length > 0 || needs.length === 0 ? 'affects' : 'needs';
  const all = direction === 'affects' ? affects : needs;
  return (
    <div>
      <h4>{direction === 'affects' ? 'Affects' : 'Affected by'}</h4>
      <ul className={styles.list}>
        {!detail.data && <Loading />}
        {detail.data && all.length === 0 && <li className="dim">Nothing depends on it</li>}
        {all.slice(0, shownImpacts).map((impact) => (
          <li key={impact.id}>
            <StatusShape status={impactShape(impact)} size={14} />
            <button type="button" onClick={() => onOpen(impact.id)}>{impact.name}</button>
            <span className="grow trunc dim">{viaWords(impact, direction)}</span>
          </li>
        ))}
        {all.length > shownImpacts && <li className="dim">and {all.length - shownImpacts} more, see the graph</li>}
      </ul>
    </div>
  );
};
