import { nextTryAt, refreshSeconds } from '../api/polling.js';
import { StaleNote } from '../components/StaleNote.jsx';
import { useNow } from '../lib/clock.js';

/** The class of data that failed to refresh for two intervals (`every` seconds each): it is dimmed. */
export const useAgedClass = (query, every = refreshSeconds) => {
  const now = useNow(5);
  return query.isError && query.data && now - query.dataUpdatedAt > 2 * every * 1000 ? 'aged' : '';
};

/** The note on top of a card whose query failed while its last data is kept; null when all is well,
    or when the sign-in dialog already tells what is wrong. */
export const QueryNote = ({ query, every }) => {
  if (!query.isError || !query.data || query.error.status === 401) return null;
  return <StaleNote problem={query.error} from={query.dataUpdatedAt} nextAt={nextTryAt(query, every)} onRetry={() => query.refetch()} />;
};
