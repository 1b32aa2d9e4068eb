import { formatExact, formatMoment, formatClock } from '../lib/formatTime.js';
import { missing } from '../lib/formatNumber.js';
import { usePreference } from '../lib/preferences.js';

const withoutSeconds = (clock) => clock.replace(/^(\d\d:\d\d):\d\d$/, '$1');

/** A point in time: `14:02:08`, or with its day when it is not today. `clockOnly`: never the day; `minutes`: no seconds. */
export const Moment = ({ at, clockOnly = false, minutes = false, reason = 'no data', className = '' }) => {
  const zone = usePreference('zone');
  if (at == null) return <span className={className} title={reason}>{missing}</span>;
  const date = new Date(at);
  const shown = clockOnly ? formatClock(date, zone) : formatMoment(date, zone);
  return (
    <time dateTime={date.toISOString()} title={formatExact(date, zone)} className={`num ${className}`}>
      {minutes ? withoutSeconds(shown) : shown}
    </time>
  );
};
