import { dayWords, formatDay } from '../../lib/dayWords.js';
import { formatUptime } from '../../lib/formatNumber.js';
import { statusWords } from '../../lib/status.js';
import { StatusShape } from '../StatusShape.jsx';
import styles from './bars.module.css';

const worstWord = (day) => statusWords[day.worst] ?? 'No data';

/** The same days as a table, newest first. */
export const UptimeTable = ({ name, days, onOpenDay }) => (
  <div className={styles.table} tabIndex={0} role="region" aria-label={`Uptime of ${name} by day, as a table`}>
    <table className="table">
      <thead>
        <tr><th scope="col">Day</th><th scope="col">Worst</th><th scope="col" className="n">Uptime</th><th scope="col">What happened</th></tr>
      </thead>
      <tbody>
        {days.toReversed().map((day) => (
          <tr key={day.date}>
            <td><button type="button" className="link" onClick={() => onOpenDay(day.date)}>{formatDay(day.date)}</button></td>
            <td><span className="row"><StatusShape status={day.worst === 'no_data' ? 'unknown' : day.worst} size={12} />{worstWord(day)}</span></td>
            <td className="n">{formatUptime(day.uptime_pct)}</td>
            <td className="mid">{dayWords(day)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
