import { useId, useState } from 'react';
import { Icon } from '../../../components/Icon.jsx';
import { Moment } from '../../../components/Moment.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import styles from './Settings.module.css';

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // not JSON: shown as it is
  }
};

const Detail = ({ entry, id }) => (
  <tr id={id}>
    <td colSpan={6} style={{ padding: 0 }}>
      <dl className={styles.detail}>
        <dt>Before</dt><dd>{entry.before ? <pre>{pretty(entry.before)}</pre> : <span className="dim">nothing kept</span>}</dd>
        <dt>After</dt><dd>{entry.after ? <pre>{pretty(entry.after)}</pre> : <span className="dim">nothing kept</span>}</dd>
        <dt>Request</dt><dd className="mono">{entry.request_id}</dd>
      </dl>
    </td>
  </tr>
);

const Outcome = ({ outcome }) =>
  outcome === 'done' ? <span className="mid">Done</span> : <span className="row t-down"><StatusShape status="down" size={12} />Refused</span>;

/** One line of the trail; opened, what was before and after. */
export const AuditRow = ({ entry }) => {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <tr>
        <td>
          <button type="button" className={styles.twisty} aria-label={`Details of entry ${entry.id}`} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
            <Icon name="right" size={14} />
          </button>
          <Moment at={entry.at} />
        </td>
        <td><span className="strong">{entry.actor}</span>{entry.role && <span className="dim"> {entry.role}</span>}</td>
        <td className="mono">{entry.action}</td>
        <td className="mono">{entry.object}</td>
        <td><Outcome outcome={entry.outcome} /></td>
        <td className="mono dim">{entry.client_ip}</td>
      </tr>
      {open && <Detail entry={entry} id={id} />}
    </>
  );
};
