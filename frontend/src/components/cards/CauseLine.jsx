import { statusWords } from '../../lib/status.js';
import { Moment } from '../Moment.jsx';
import { ReasonLine } from './ReasonLine.jsx';
import styles from './card.module.css';

const failing = ['down', 'degraded'];
const address = /\b\S+:\d+\b/;

/** The first sentence of a reason, what stands before its address, the address, what follows, and the other sentences. */
const partsOf = (reason) => {
  const [, first, rest = ''] = /^(.*?)(?:\. (.*))?$/s.exec(reason);
  const [, head, where, tail = ''] = /^(.*?) on (\S+:\d+)(,.*)?$/.exec(first) ?? [null, first];
  return { head, where, tail, rest };
};

const addressOf = (run) => run?.components.find((component) => component.result !== 'pass' && component.address)?.address;

/** What is wrong, where, and since when, in words. `run`: the last one, when it is known. */
export const CauseLine = ({ service, status, run }) => {
  if (!failing.includes(status) || service.effective !== service.status) {
    return <p className={styles.cause}><ReasonLine service={service} status={status} /></p>;
  }
  const { head, where, tail, rest } = partsOf(service.reason);
  const elsewhere = !where && !address.test(head) && addressOf(run);
  return (
    <p className={styles.cause}>
      <b className={`t-${status}`}>{head}</b>
      {(where ?? elsewhere) && <> {where ? 'on' : 'at'} <span className="mono">{where ?? elsewhere}</span></>}
      {tail}
      {service.since && <> since <Moment at={service.since} /></>}
      {rest && `. ${rest}`}
    </p>
  );
};

/** The results that made the status what it is. */
export const WhyList = ({ service, status, why }) => {
  if (why.length === 0 || status === 'healthy') return null;
  return (
    <details className={styles.whyList}>
      <summary>Why it is {statusWords[status].toLowerCase()}</summary>
      <ol aria-label={`Why ${service.name} is ${statusWords[status].toLowerCase()}`}>{why.map((line) => <li key={line} className="num">{line}</li>)}</ol>
    </details>
  );
};
