import { useNow } from '../lib/clock.js';
import { formatExact, formatRelative } from '../lib/formatTime.js';
import { missing } from '../lib/formatNumber.js';
import { usePreference } from '../lib/preferences.js';

/** `8 s ago`, ticking; the tooltip tells the exact time. `at`: ISO text or milliseconds; null gives a dash with `reason`. */
export const RelativeTime = ({ at, reason = 'no data', className = '' }) => {
  const zone = usePreference('zone');
  const now = useNow();
  if (at == null) return <span className={className} title={reason}>{missing}</span>;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={formatExact(date, zone)} className={`num ${className}`}>
      {formatRelative(date, zone, now)}
    </time>
  );
};
