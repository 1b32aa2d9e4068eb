import { useNow } from '../lib/clock.js';
import { formatDuration, formatShortDuration } from '../lib/formatDuration.js';

/** How long something ongoing lasts, ticking. `since`: ISO text or milliseconds. */
export const Duration = ({ since, short = false }) => {
  const seconds = (useNow() - new Date(since).getTime()) / 1000;
  return <span className="num">{short ? formatShortDuration(seconds) : formatDuration(seconds)}</span>;
};
