import { Icon } from '../components/Icon.jsx';
import { useNow } from '../lib/clock.js';
import { formatExact, formatRelative } from '../lib/formatTime.js';
import { usePreference } from '../lib/preferences.js';
import styles from './LiveIndicator.module.css';

const looks = {
  live: { word: 'Live', shape: <i className={styles.dot} />, meaning: 'Changes appear at once.' },
  polling: { word: 'Polling', shape: <i className={styles.ring} />, meaning: 'Belfry is asked every 30 s.' },
  stale: { word: 'Stale', shape: <Icon name="clock" size={14} />, meaning: 'No fresh data for a minute or more.' },
  offline: { word: 'Offline', shape: <Icon name="unplugged" size={14} />, meaning: 'Belfry cannot be reached from here.' },
};

const nextWords = (state, seconds) => {
  if (state === 'live') return '';
  return seconds > 0 ? ` Next try in ${seconds} s.` : ' Asking now.';
};

/** How fresh the page is, as shape, word and age. Only the word is a status: an age that ticks is not announced. */
export const LiveIndicator = ({ state, at, nextAt }) => {
  const zone = usePreference('zone');
  const now = useNow();
  const { word, shape, meaning } = looks[state];
  const last = at ? ` Last data ${formatExact(at, zone)}.` : '';
  return (
    <div className={`${styles.indicator} ${styles[state]}`} title={`${meaning}${last}${nextWords(state, Math.ceil((nextAt - now) / 1000))}`}>
      {shape}
      <span role="status" className="strong">{word}</span>
      {at > 0 && <span className={`desk num ${styles.age}`}>· {formatRelative(at, zone, now)}</span>}
    </div>
  );
};
