import { formatLatency } from '../../lib/formatNumber.js';
import { CopyButton } from '../CopyButton.jsx';
import { Icon } from '../Icon.jsx';
import { Moment } from '../Moment.jsx';
import styles from './latencyBar.module.css';

const Trace = ({ id, url }) =>
  url
    ? <a className="link nowrap" href={url} target="_blank" rel="noreferrer">Open trace <Icon name="outside" size={12} /><span className="visually-hidden">{id}, in a new tab</span></a>
    : <CopyButton text={id} variant="subtle">Copy id</CopyButton>;

/** The slowest requests of an endpoint that a trace is known of: when, how it ended, and where to look at it. */
export const SlowExamples = ({ examples }) => (
  <section className={styles.examples} aria-label="Slowest requests">
    <table className="table">
      <thead>
        <tr>
          <th scope="col" className="n">Slowest</th>
          <th scope="col">Ended</th>
          <th scope="col">Status</th>
          <th scope="col" className={styles.traceId}>Trace</th>
          <th scope="col"><span className="visually-hidden">Look at it</span></th>
        </tr>
      </thead>
      <tbody>
        {examples.map(({ trace_id: id, trace_url: url, duration_ms: duration, at, status, failed }) => (
          <tr key={id}>
            <td className="n strong">{formatLatency(duration)}</td>
            <td className="mid"><Moment at={at} /></td>
            <td className={failed ? 't-down strong' : 'mid'}>{status ?? (failed ? 'failed' : 'ok')}</td>
            <td className={`mono ${styles.traceId}`}>{id}</td>
            <td><Trace id={id} url={url} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
