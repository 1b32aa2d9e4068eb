import { statusWords } from '../../lib/status.js';
import { Moment } from '../Moment.jsx';
import { ReasonLine } from './ReasonLine.jsx';
import styles from './card.module.css';

const withAddress = /^(.*?) on (\S+:\d+|https?:\/\/\S+?)(,.*)?$/;
const failing = ['down', 'degraded'];

const addressOf = (run) => run?.components.find((component) => component.result !== 'pass' && component.address)?.address;

/** What is wrong, where, and since when, in words. `run`: the last one, when it is known. */
export const CauseLine = ({ service, status, run }) => {
  const parts = withAddress.exec(service.reason);
  const inferred = service.effective !== service.status;
  if (!failing.includes(status) || inferred) {
    return <p className={styles.cause}><ReasonLine service={service} status={status} /></p>;
  }
  const address = parts?.[2] ?? addressOf(run);
  return (
    <p className={styles.cause}>
      <b className={`t-${status}`}>{parts?.[1] ?? service.reason}</b>
      {address && <> {parts ? 'on' : 'at'} <span className="mono">{address}</span></>}
      {parts?.[3]}
      {service.since && <> since <Moment at={service.since} /></>}
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
