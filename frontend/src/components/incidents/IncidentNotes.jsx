import { Link } from 'react-router';
import { holdWords } from '../../lib/incidentWords.js';
import { sentence } from '../../lib/sentences.js';
import { StatusShape } from '../StatusShape.jsx';
import styles from './incidents.module.css';

const Note = ({ shape, children, role }) => (
  <div className="note info small" role={role}>
    <StatusShape status={shape} size={14} />
    <span className="grow">{children}</span>
  </div>
);

/** What has to be known first: who was faster, why nobody is told, the likely cause, a rule that is gone. */
export const IncidentNotes = ({ incident, refusal, pathOf }) => (
  <div className={styles.notes}>
    {refusal && <Note shape="degraded" role="alert">{refusal}</Note>}
    {incident.hold && !incident.resolved_at && (
      <Note shape="held">
        {holdWords(incident.hold)} {incident.suppressed_by && <Link className="link" to={pathOf(incident.suppressed_by)}>Open the root cause</Link>}
        {incident.hold.reason === 'silenced' && <Link className="link" to={`/admin/alerts-config?${new URLSearchParams({ tab: 'silences', silence: incident.hold.by })}`}>Open the silence</Link>}
      </Note>
    )}
    {incident.likely_cause && <Note shape="risk">Likely cause: {sentence(incident.likely_cause)}</Note>}
    {incident.rule_gone && <Note shape="unknown">Its rule was deleted. What happened is kept.</Note>}
  </div>
);
