import { useState } from 'react';
import { HourAxis } from '../../../components/charts/HourAxis.jsx';
import { HourStrip } from '../../../components/charts/HourStrip.jsx';
import styles from '../../../components/admin/latencyBar.module.css';
import { comparedPoint, hourPoint } from '../../../lib/hourPoint.js';
import { hourMs, hourSpan } from '../../../lib/hours.js';
import { hourWords, sortWords } from '../../../lib/latencyWords.js';

/** The 24 hours of an endpoint where the table has no room for them: a finger on one tells it, a drag chooses hours. */
export const PhoneHours = ({ latency, quantile, thresholds, compare, hours, zone, now }) => {
  const [at, setAt] = useState(hours.length - 1);
  const touch = (event) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setAt(Math.min(Math.max(Math.floor(((event.clientX - left) / width) * hours.length), 0), hours.length - 1));
  };
  const words = hourWords({ point: hourPoint(latency, at), bound: latency.hours_error_bound_pct, quantile, compared: comparedPoint(latency, quantile, at), compare });
  return (
    <section className={styles.phoneHours} aria-label={`${sortWords[quantile]} by hour`}>
      <p className="small dim">{sortWords[quantile]} by hour. Drag over hours to look at them alone.</p>
      <HourAxis hours={hours} zone={zone} endsNow={hours.at(-1) + hourMs > now} />
      <div onPointerDown={touch} onPointerMove={touch}><HourStrip latency={latency} quantile={quantile} thresholds={thresholds} compares={compare !== 'none'} picked={at} /></div>
      <p className="small mid num">{hourSpan(hours[at], zone)}: {words}</p>
    </section>
  );
};
