import { Button } from '@mantine/core';
import { channelKind } from '../../lib/channelKinds.js';
import { useNow } from '../../lib/clock.js';
import { deliveryRows } from '../../lib/deliverySteps.js';
import { formatShortDuration } from '../../lib/formatDuration.js';
import { sentence } from '../../lib/sentences.js';
import styles from './timeline.module.css';

const NextTry = ({ at }) => {
  const seconds = Math.ceil((Date.parse(at) - useNow()) / 1000);
  return <li>{seconds > 0 ? <>next try in <span className="num">{formatShortDuration(seconds)}</span></> : 'trying again'}</li>;
};

const Said = ({ row, onRetry }) => (
  <>
    {(row.said.length > 0 || row.hint) && <p className={styles.said}>{[...row.said, row.hint].filter(Boolean).map(sentence).join(' ')}</p>}
    {row.twice && <p className={`${styles.said} ${styles.twice}`}>Possibly sent twice: it was cut off between the provider's acceptance and our record of it.</p>}
    {row.lost && onRetry && <p className={styles.said}><Button size="xs" onClick={() => onRetry(row.delivery.id)} aria-label={`Try ${row.delivery.channel_name} again`}>Try again</Button></p>}
  </>
);

/** Messages to channels, each with how far it has come, in the provider's words. `onRetry(id)`: for who may. */
export const DeliveryTable = ({ deliveries, onRetry }) => (
  <ul className={styles.deliveries} aria-label="Messages">
    {deliveryRows(deliveries).map((row) => (
      <li key={row.delivery.id} className={styles.delivery}>
        <span className="trunc"><b className="strong">{row.delivery.channel_name}</b> <span className="dim">{channelKind(row.delivery.kind).word}</span></span>
        <ol className={styles.steps}>
          {row.steps.map(({ words, after, tone, detail }, at) => (
            <li key={at} className={styles[tone]} title={detail || undefined}>{words} <span className="dim num">{after}</span></li>
          ))}
          {row.delivery.next_attempt_at && <NextTry at={row.delivery.next_attempt_at} />}
        </ol>
        <Said row={row} onRetry={onRetry} />
      </li>
    ))}
  </ul>
);
