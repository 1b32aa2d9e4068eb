import { EmptyState } from '../../EmptyState.jsx';

/** Who is told next, and when, while nobody acknowledges. */
export const EscalationPolicies = () => <section className="card" aria-label="Escalation"><EmptyState title="Nothing here yet." /></section>;
