import { comparedPoint, hourPoint } from '../../lib/hourPoint.js';
import { hourMs, hourSpan } from '../../lib/hours.js';
import { spanWords } from '../../lib/latencyRange.js';
import { endpointName, endpointWords, hourWords } from '../../lib/latencyWords.js';
import styles from './latency.module.css';

const usualHint = 'Point at a cell, or move with the arrow keys: what it holds stands here. Drag over hours to look at them alone.';

const Pointed = ({ latency, hour, hours, zone, quantile, compare, renderHour }) => {
  if (hour < 0) return endpointWords(latency);
  const point = hourPoint(latency, hour);
  const words = hourWords({ point, bound: latency.hours_error_bound_pct, quantile, compared: comparedPoint(latency, quantile, hour), compare });
  return <>{hourSpan(hours[hour], zone)}: {words}{point.count > 0 && renderHour?.(latency, hours[hour])}</>;
};

/** Under the headings: what is pointed at in words, or the hours that are being chosen, else `hint`. */
export const LatencyReadout = ({ latency, chosen, columns, hint = usualHint, ...given }) => {
  const { hours, zone } = given;
  const words = () => {
    if (chosen) return <><b className="strong">{spanWords(hours[chosen[0]], hours[chosen[1]] + hourMs, zone)}</b> Let go, or press Enter, to look at these hours alone; Esc leaves them.</>;
    if (latency) return <><b className="strong">{endpointName(latency)}</b> <Pointed latency={latency} {...given} /></>;
    return <span className="dim">{hint}</span>;
  };
  return (
    <tr className={styles.readout} aria-hidden="true">
      <td colSpan={columns.length + 1}>{words()}</td>
    </tr>
  );
};
