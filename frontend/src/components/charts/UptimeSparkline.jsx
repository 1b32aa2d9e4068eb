import { useState } from 'react';
import { daySentence, dayWords, formatDay, measuredDays } from '../../lib/dayWords.js';
import { formatUptime } from '../../lib/formatNumber.js';
import { StatusShape } from '../StatusShape.jsx';
import { UptimeTable } from './UptimeTable.jsx';
import styles from './bars.module.css';

const week = 7;
const moves = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowDown: (at) => at - 1,
  ArrowUp: (at) => at + 1,
  PageDown: (at) => at - week,
  PageUp: (at) => at + week,
  Home: () => 0,
  End: (at, last) => last,
};

const within = (at, last) => Math.min(Math.max(at, 0), last);

const dayUnder = (event, last) => {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return within(Math.floor(((event.clientX - left) / (width || 1)) * (last + 1)), last);
};

/** `30 days`, or how many of them there are for a new service. */
const spanWords = (days) => {
  const measured = measuredDays(days);
  return measured < days.length ? `${measured} of ${days.length} days` : `${days.length} days`;
};

const shapeOf = (day) => (day.worst === 'no_data' ? 'unknown' : day.worst);

/** One bar a day, oldest first: one tab stop, arrows move, hover or a finger scrubs, and the line below tells the day.
    `onOpenDay(date)` opens what happened then. */
export const UptimeSparkline = ({ name, days, onOpenDay }) => {
  const last = days.length - 1;
  const [pinned, setPinned] = useState(last);
  const [hovered, setHovered] = useState(null);
  const [asTable, setAsTable] = useState(false);
  const at = within(hovered ?? pinned, last);
  const day = days[at];

  const onKeyDown = (event) => {
    if (event.key === 'Enter') onOpenDay(day.date);
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    setHovered(null);
    setPinned(within(moves[event.key](at, last), last));
  };

  return (
    <div>
      <div className={styles.axis}>
        <span>{formatDay(days[0].date)}</span>
        <span>
          {spanWords(days)} · <button type="button" className="link" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>as table</button>
        </span>
        <span>Today</span>
      </div>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`Uptime of ${name} by day, ${spanWords(days)}`}
        aria-valuemin={1}
        aria-valuemax={days.length}
        aria-valuenow={at + 1}
        aria-valuetext={daySentence(day)}
        className={`${styles.bars} ${styles.days}`}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setHovered(dayUnder(event, last))}
        onPointerLeave={() => setHovered(null)}
        onClick={(event) => setPinned(dayUnder(event, last))}
      >
        {days.map((one, index) => (
          <i key={one.date} data-day={one.date} data-worst={one.worst} className={`${styles.bar} ${styles[one.worst] ?? ''} ${index === at ? styles.picked : ''}`} />
        ))}
      </div>
      <div className={styles.readout}>
        <b>{at === last ? 'Today' : formatDay(day.date)}</b>
        {day.uptime_pct != null && <span className="num">{formatUptime(day.uptime_pct)}</span>}
        <StatusShape status={shapeOf(day)} size={12} />
        <span className="mid num trunc">{dayWords(day)}</span>
        <span className="grow" />
        <button type="button" className="link" aria-label={`Open day ${formatDay(day.date)}`} onClick={() => onOpenDay(day.date)}>Open day</button>
      </div>
      {asTable && <UptimeTable name={name} days={days} onOpenDay={onOpenDay} />}
    </div>
  );
};

/** The bars' places while the history is on its way. */
export const UptimeSkeleton = () => (
  <div aria-hidden="true" data-testid="uptime-skeleton">
    <div className={styles.axis}><span>&nbsp;</span></div>
    <div className={`${styles.bars} ${styles.days}`}>
      {Array.from({ length: 30 }, (_, at) => <i key={at} className={`${styles.bar} ${styles.skeleton}`} />)}
    </div>
    <div className={styles.readout}>&nbsp;</div>
  </div>
);
