import { plural } from '../../../lib/formatNumber.js';
import { consequences } from '../../../lib/whatIf.js';
import styles from './graph.module.css';

const list = new Intl.ListFormat('en', { type: 'conjunction' });
const shownNames = 3;

const some = (names) => list.format(names.length > shownNames + 1 ? [...names.slice(0, shownNames), `${names.length - shownNames} more`] : names);

const sentence = (before, after, assumed) => {
  const { degraded, atRisk } = consequences(before, after);
  const supposed = after.nodes.filter((node) => assumed.has(node.id)).map((node) => node.name);
  const effects = [degraded.length && `${some(degraded)} would be degraded`, atRisk.length && `${some(atRisk)} would be at risk`];
  const words = effects.filter(Boolean).join('; ') || 'nobody else would feel it';
  return `With ${some(supposed)} down, ${words}.`;
};

/** Says that nothing is real, and what would follow. */
export const WhatIfBanner = ({ before, after, assumed, onEnd }) => (
  <div className={`note info small ${styles.banner}`} role="status">
    <span className="grow">
      <b className="strong">What if: nothing is really changed.</b>{' '}
      {assumed.size ? sentence(before, after, assumed) : 'Choose services to assume down.'}
      {assumed.size > 1 && <span className="dim"> {plural(assumed.size, 'service')} assumed down.</span>}
    </span>
    <button type="button" className="link" onClick={onEnd}>End what if</button>
  </div>
);
