import { formatExact, formatMoment, formatClock } from '../lib/formatTime.js';
import { missing } from '../lib/formatNumber.js';
import { usePreference } from '../lib/preferences.js';

/** A point in time: `14:02:08`, or with its day when it is not today. `clockOnly`: never the day. */
export const Moment = ({ at, clockOnly = false, reason = 'no data', className = '' }) => {
  const zone = usePreference('zone');
  if (at == null) return <span className={className} title={reason}>{missing}</span>;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={formatExact(date, zone)} className={`num ${className}`}>
      {clockOnly ? formatClock(date, zone) : formatMoment(date, zone)}
    </time>
  );
};
