import { deliveryShape, deliveryWord, reasonWords } from '../../../lib/deliveryWords.js';
import { RelativeTime } from '../../RelativeTime.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import { StatusShape } from '../../StatusShape.jsx';
import styles from './channels.module.css';

const why = ({ error, steps, possible_duplicate: twice }) => [error ? error.detail : steps.at(-1)?.detail, error?.hint, twice && 'Possibly sent twice'].filter(Boolean).join('. ');

/** The last messages to a channel and how far they have come, newest first. `retry`: mutation result. */
export const ChannelDeliveries = ({ deliveries, canRetry, retry }) => (
  <section className={styles.deliveries} aria-label="Last messages">
    <h3>Last messages</h3>
    {!deliveries.length && <p className="dim">Nothing was sent yet.</p>}
    <ul>
      {deliveries.map((one) => (
        <li key={one.id}>
          <StatusShape status={deliveryShape(one.state)} size={14} />
          <span className="nowrap strong">{deliveryWord(one.state)}</span>
          <span className="grow mid">{reasonWords[one.reason] ?? one.reason}{one.incident_id && `, incident ${one.incident_id}`}{why(one) && `: ${why(one)}`}</span>
          <RelativeTime at={one.queued_at} className="dim nowrap" />
          {one.state === 'failed' && <GuardedButton allowed={canRetry} needs="operator" size="xs" loading={retry.isPending && retry.variables === one.id} onClick={() => retry.mutate(one.id)}>Try again</GuardedButton>}
        </li>
      ))}
    </ul>
  </section>
);
