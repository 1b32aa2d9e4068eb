import { formatBytes, formatCount, formatLatency } from '../../lib/formatNumber.js';
import { Moment } from '../Moment.jsx';
import { RelativeTime } from '../RelativeTime.jsx';
import styles from './connections.module.css';

const facts = [
  ['Agent', ({ agent }) => agent || 'not told'],
  ['Subscribed to', ({ subscriptions }) => subscriptions.join(', ') || 'nothing'],
  ['Connected', ({ connected_at: at }) => <Moment at={at} />],
  ['Round trip', ({ rtt_ms: ms }) => formatLatency(ms)],
  ['Session ends', ({ expires_at: at }) => (at ? <RelativeTime at={at} /> : 'not by itself')],
  ['Last active', ({ last_activity_at: at }) => <RelativeTime at={at} />],
  ['Received', (one) => `${formatCount(one.received)}, ${formatBytes(one.received_bytes)}`],
  ['Sent', (one) => `${formatCount(one.sent)}, ${formatBytes(one.sent_bytes)}`],
  ['Dropped', ({ dropped }) => formatCount(dropped)],
  ['Conflated', ({ conflated }) => formatCount(conflated)],
  ['Service', ({ service, node }) => `${service} on ${node}`],
  ['Id', ({ id }) => <span className="mono">{id}</span>],
];

/** Everything that is known of one connection. */
export const ConnectionDetails = ({ connection }) => (
  <dl className={styles.facts}>
    {facts.map(([word, value]) => <div key={word}><dt>{word}</dt><dd>{value(connection)}</dd></div>)}
  </dl>
);
