import { endpointName } from '../lib/latencyWords.js';
import { Icon } from './Icon.jsx';
import styles from './WatchButton.module.css';

/** The star of an endpoint: filled while it is watched. */
export const WatchButton = ({ latency, watched, onWatch, ...cell }) => (
  <button type="button" className={styles.star} aria-pressed={watched} aria-label={`Watch ${endpointName(latency)} of ${latency.service}`} title={watched ? 'Watched' : 'Watch'}
    onClick={() => onWatch(latency)} {...cell}>
    <Icon name="star" size={14} />
  </button>
);
