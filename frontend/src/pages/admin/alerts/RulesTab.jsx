import { EmptyState } from '../../../components/EmptyState.jsx';

/** The rules, and the one that is edited beside them. */
export const RulesTab = () => <section className="card" aria-label="Rules"><EmptyState title="Nothing here yet." /></section>;
