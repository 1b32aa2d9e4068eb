import { useState } from 'react';
import { statusOfValue, valueWords } from '../../lib/incidentValue.js';
import { Moment } from '../Moment.jsx';
import styles from './incidents.module.css';

const least = 8; // percent: also the smallest value is seen

const heightOf = (value, most, metric) => {
  const status = statusOfValue(value, metric);
  if (status) return { healthy: 42, degraded: 72, down: 100 }[status];
  return most > 0 ? Math.max(least, (value / most) * 100) : least;
};

const wordsOf = (minutes, { incident }) => {
  const known = minutes.filter(({ value }) => value !== null);
  const worst = known.filter(({ breach }) => breach).length;
  const peak = Math.max(...known.map(({ value }) => value));
  return `${incident.metric} of ${incident.object}, ${minutes.length} minutes: ${worst} beyond the threshold, highest ${valueWords(peak, incident)}`;
};

const Twin = ({ minutes, incident }) => (
  <div className="scroll-x" style={{ maxHeight: 220, overflowY: 'auto' }} tabIndex={0} role="region" aria-label="Minutes as a table">
    <table className="table">
      <thead><tr><th>Minute</th><th className="n">Value</th></tr></thead>
      <tbody>{minutes.map(({ at, value, breach }) => <tr key={at}><td><Moment at={at} minutes /></td><td className={`n ${breach ? 't-down' : ''}`}>{valueWords(value, incident)}</td></tr>)}</tbody>
    </table>
  </div>
);

/** The metric of an incident, a bar a minute: tall and red where it was beyond the threshold. `minutes`: of lib/aroundStart.js;
    null when it is not kept any more. */
export const MetricBars = ({ minutes, detail }) => {
  const [asTable, setAsTable] = useState(false);
  const { incident } = detail;
  const known = minutes?.some(({ value }) => value !== null);
  const most = known ? Math.max(...minutes.map(({ value }) => value ?? 0)) : 0;
  return (
    <section aria-labelledby="around">
      <h3 id="around">{incident.metric}, around the start</h3>
      {!known && <p className="small dim">{minutes ? 'No data of that time.' : 'Not kept any more: values last for 48 hours.'}</p>}
      {known && !asTable && (
        <>
          <div className={styles.bars} role="img" aria-label={wordsOf(minutes, detail)}>
            {minutes.map(({ at, value, breach }) => <i key={at} className={value === null ? styles.none : breach ? styles.breach : ''} style={value === null ? undefined : { height: `${heightOf(value, most, incident.metric)}%` }} />)}
          </div>
          <p className={styles.axis}><Moment at={minutes[0].at} minutes /><Moment at={minutes.at(-1).at} minutes /></p>
        </>
      )}
      {known && asTable && <Twin minutes={minutes} incident={incident} />}
      {known && <button type="button" className="link small tall" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? 'As bars' : 'As table'}</button>}
    </section>
  );
};
