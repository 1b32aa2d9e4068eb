import { useState } from 'react';
import { Link } from 'react-router';
import { formatDuration } from '../../../lib/formatDuration.js';
import { formatMetric } from '../../../lib/metricValue.js';
import { Moment } from '../../Moment.jsx';
import styles from './rules.module.css';

const first = 5;
const liveWords = { also_fired: 'also fired live', firing_now: 'firing now', did_not_fire: 'did not fire live' };

const Live = ({ firing }) => (firing.incident_id ? <Link className="link" to={`/admin/incidents/${firing.incident_id}`}>{liveWords[firing.live]}</Link> : <span className="dim">{liveWords[firing.live]}</span>);

/** Each time a rule would have fired, newest first, with what really happened then. `label`: of the list. */
export const PreviewFirings = ({ preview, levels, label }) => {
  const [all, setAll] = useState(false);
  const { firings } = preview;
  if (!firings.length) return null;
  const severalSeries = new Set(firings.map(({ title }) => title)).size > 1;
  const shown = all ? firings : firings.slice(0, first);
  return (
    <div className={styles.firings} role="region" tabIndex={0} aria-label={label}>
      <table>
        <thead className="visually-hidden"><tr><th scope="col">From</th><th scope="col">For</th><th scope="col">Peak</th><th scope="col">Live</th></tr></thead>
        <tbody>
          {shown.map((firing) => (
            <tr key={firing.title + firing.from_at}>
              <td><Moment at={firing.from_at} minutes />{severalSeries && <span className="dim"> {firing.title}</span>}</td>
              <td className="n">{formatDuration(firing.seconds)}</td>
              <td className="n">peak {formatMetric(firing.peak, preview.unit, levels)}</td>
              <td><Live firing={firing} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {firings.length > first && <button type="button" className="link small tall" aria-expanded={all} onClick={() => setAll(!all)}>{all ? 'Show fewer' : `Show all ${firings.length}`}</button>}
    </div>
  );
};
