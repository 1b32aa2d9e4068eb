import { EmptyState } from '../../EmptyState.jsx';

/** What is quiet, until when, and why. */
export const Silences = () => <section className="card" aria-label="Silences"><EmptyState title="Nothing here yet." /></section>;
