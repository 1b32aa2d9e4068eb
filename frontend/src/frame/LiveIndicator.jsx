import { Icon } from '../components/Icon.jsx';
import { useLive } from '../hooks/useLive.js';
import { useNow } from '../lib/clock.js';
import { plural } from '../lib/formatNumber.js';
import { formatExact, formatRelative } from '../lib/formatTime.js';
import { usePreference } from '../lib/preferences.js';
import { sentence } from '../lib/sentences.js';
import styles from './LiveIndicator.module.css';

const looks = {
  live: { word: 'Live', shape: <i className={styles.dot} />, meaning: () => 'Changes appear at once.' },
  polling: { word: 'Polling', shape: <i className={styles.ring} />, meaning: (refused) => `${sentence(refused || 'The live channel is lost')} Belfry is asked every 30 s.` },
  stale: { word: 'Stale', shape: <Icon name="clock" size={14} />, meaning: () => 'No fresh data for a minute or more.' },
  offline: { word: 'Offline', shape: <Icon name="unplugged" size={14} />, meaning: () => 'Belfry cannot be reached from here.' },
};

const inSeconds = (at, now) => (at > now ? `in ${Math.ceil((at - now) / 1000)} s` : 'now');

/** The whole state in words, for those who ask. */
const wordsOf = ({ state, at, nextAt, channelAt, refused, left }, now, zone) => {
  const parts = [looks[state].meaning(refused)];
  if (at) parts.push(`Last data ${formatExact(at, zone)}.`);
  if (state === 'live' && left) parts.push(`This tab reads too slowly: ${plural(left, 'message')} left out.`);
  if (state !== 'live') parts.push(`Asking ${inSeconds(nextAt, now)}.`);
  if (state !== 'live' && channelAt) parts.push(`Connecting ${inSeconds(channelAt, now)}.`);
  return parts.join(' ');
};

/** How fresh the page is, as shape, word and age. Only the word is a status: an age that ticks is not announced. */
export const LiveIndicator = () => {
  const live = useLive();
  const zone = usePreference('zone');
  const now = useNow();
  const { state, at, refused, reconnect } = live;
  if (state === 'opening') return <div className={styles.indicator} aria-hidden="true" />;
  const { word, shape } = looks[state];
  return (
    <div className={`${styles.indicator} ${styles[state]}`} title={wordsOf(live, now, zone)}>
      {shape}
      <span role="status" className="strong">{word}</span>
      {at > 0 && <span className={`desk num ${styles.age}`}>· {formatRelative(at, zone, now)}</span>}
      {refused && state !== 'live' && <button type="button" className="link small" onClick={reconnect}>Reconnect</button>}
    </div>
  );
};
