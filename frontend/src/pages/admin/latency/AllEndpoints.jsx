import { Button } from '@mantine/core';
import { useDeferredValue } from 'react';
import { useEndpoints } from '../../../api/latency.js';
import styles from '../../../components/admin/latency.module.css';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';

/** Every endpoint, searched and sorted by the server, in pages. `children({endpoints, more})` draws them. */
export const AllEndpoints = ({ view, text, onText, children }) => {
  const search = useDeferredValue(view.q);
  const query = useEndpoints({ window: view.window, sort: view.sort, service: view.service, search });
  if (query.error && !query.data) return <LoadFailed problem={query.error} what="the endpoints" onRetry={query.refetch} />;
  if (!query.data) return <Skeleton label="Loading the endpoints"><SkeletonRows rows={20} height={33} /></Skeleton>;
  if (!query.data.length && !view.open) {
    const clear = <Button size="sm" onClick={() => onText('')}>Clear the filter</Button>;
    return <EmptyState title={text ? `No endpoint matches "${text}".` : 'No endpoint had a request in this time.'} action={text && clear} />;
  }
  const more = query.hasNextPage && (
    <div className={styles.more}><Button size="sm" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>Show more</Button></div>
  );
  return children({ endpoints: query.data, more });
};
