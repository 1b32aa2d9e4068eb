import { useAcknowledge } from '../../hooks/useAcknowledge.js';
import { incidentTitle, stateWords } from '../../lib/incidentWords.js';
import { GuardedButton } from '../GuardedButton.jsx';

/** Acknowledges an incident where it is shown; who was not the first reads who was. */
export const AckButton = ({ incident, size = 'xs' }) => {
  const { allowed, pending, refusal, ask } = useAcknowledge(incident);
  const { short, words } = stateWords(incident);
  if (incident.state === 'acknowledged') return <span className="small dim nowrap" title={words}>{short}</span>;
  if (refusal) return <span className="small t-degraded" role="alert" title={refusal} style={{ maxWidth: 150 }}>{refusal}</span>;
  return <GuardedButton size={size} allowed={allowed} needs="operator" loading={pending} onClick={ask} aria-label={`Ack ${incidentTitle(incident)}`}>Ack</GuardedButton>;
};
