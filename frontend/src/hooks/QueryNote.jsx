import { nextTryAt, refreshSeconds } from '../api/polling.js';
import { StaleNote } from '../components/StaleNote.jsx';
import { useNow } from '../lib/clock.js';

const agedAfterMs = 2 * refreshSeconds * 1000;

/** The class of data that failed to refresh for two intervals: it is dimmed. */
export const useAgedClass = (query) => {
  const now = useNow(5);
  return query.isError && query.data && now - query.dataUpdatedAt > agedAfterMs ? 'aged' : '';
};

/** The note on top of a card whose query failed while its last data is kept; null when all is well,
    or when the sign-in dialog already tells what is wrong. */
export const QueryNote = ({ query }) => {
  if (!query.isError || !query.data || query.error.status === 401) return null;
  return <StaleNote problem={query.error} from={query.dataUpdatedAt} nextAt={nextTryAt(query)} onRetry={() => query.refetch()} />;
};
