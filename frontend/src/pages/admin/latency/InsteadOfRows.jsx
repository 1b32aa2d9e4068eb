import { Button } from '@mantine/core';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';

const clear = (onText, words = 'Clear the filter') => <Button size="sm" onClick={() => onText('')}>{words}</Button>;

const NoTop = ({ count, text, onText, change }) => (
  <EmptyState
    title={`None of the top ${count} matches "${text}".`}
    action={
      <div className="row">
        <Button size="sm" onClick={() => change({ scope: 'all', sort: '' })}>Search all endpoints</Button>
        <Button size="sm" variant="subtle" onClick={() => onText('')}>Clear the filter</Button>
      </div>
    }
  />
);

const NoWatched = ({ listed, text, onText, change }) => {
  if (text && listed.length) return <EmptyState title={`No watched endpoint matches "${text}".`} action={clear(onText)} />;
  const toTop = <Button size="sm" onClick={() => change({ scope: '' })}>Show the top 20</Button>;
  return <EmptyState title={listed.length ? 'None of the watched endpoints is known here.' : 'No endpoint is watched yet.'} action={toTop}>The star beside an endpoint, or the key w on its row, puts it on this list.</EmptyState>;
};

const NoneOfAll = ({ query, text, onText }) => {
  if (query.error && !query.data) return <LoadFailed problem={query.error} what="the endpoints" onRetry={query.refetch} />;
  if (!query.data) return <Skeleton label="Loading the endpoints"><SkeletonRows rows={20} height={33} /></Skeleton>;
  return <EmptyState title={text ? `No endpoint matches "${text}".` : 'No endpoint had a request in this time.'} action={text && clear(onText)} />;
};

/** What stands in the place of the table while it has no row. */
export const InsteadOfRows = ({ scope, query, summary, ...given }) => {
  if (scope === 'all') return <NoneOfAll query={query} {...given} />;
  return scope === 'watched' ? <NoWatched {...given} /> : <NoTop count={summary.endpoints.length} {...given} />;
};
