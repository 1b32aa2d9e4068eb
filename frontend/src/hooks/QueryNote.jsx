import { nextTryAt } from '../api/polling.js';
import { StaleNote } from '../components/StaleNote.jsx';

/** The note on top of a card whose query failed while its last data is kept; null when all is well,
    or when the sign-in dialog already tells what is wrong. */
export const QueryNote = ({ query }) => {
  if (!query.isError || !query.data || query.error.status === 401) return null;
  return <StaleNote problem={query.error} from={query.dataUpdatedAt} nextAt={nextTryAt(query)} onRetry={() => query.refetch()} />;
};
