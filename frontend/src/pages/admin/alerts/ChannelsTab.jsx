import { EmptyState } from '../../../components/EmptyState.jsx';

/** Where messages go. */
export const ChannelsTab = () => <section className="card" aria-label="Channels"><EmptyState title="Nothing here yet." /></section>;
