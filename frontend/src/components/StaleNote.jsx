import { useNow } from '../lib/clock.js';
import { formatShortDuration } from '../lib/formatDuration.js';
import { formatClock } from '../lib/formatTime.js';
import { usePreference } from '../lib/preferences.js';
import { problemWords } from '../lib/problem.js';
import { StatusShape } from './StatusShape.jsx';

const nextTry = (at, now) => (at > now ? ` Trying again in ${Math.ceil((at - now) / 1000)} s.` : ' Trying again.');

/**
 * On top of a card whose data could not be refreshed but is kept. `from`: when the kept data came; `nextAt`: the next try
 * (both ms); `onRetry`: try at once.
 */
export const StaleNote = ({ problem, from, nextAt, onRetry }) => {
  const now = useNow();
  const zone = usePreference('zone');
  const age = formatShortDuration((now - from) / 1000);
  return (
    <div className="note warn small" role="status">
      <StatusShape status="stale" size={14} />
      <span className="grow">
        <b className="strong">Could not refresh.</b> Showing <span className="num">{formatClock(from, zone)}</span>,{' '}
        <span className="num">{age}</span> old. {problemWords(problem)}
        <span className="num" aria-hidden="true">{nextTry(nextAt, now)}</span>
      </span>
      <button type="button" className="link" onClick={onRetry}>Try now</button>
    </div>
  );
};
