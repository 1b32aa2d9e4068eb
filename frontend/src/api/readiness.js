import { queryOptions, useQuery } from '@tanstack/react-query';
import { probe } from './client.js';

/** Whether Belfry itself answers and has what it needs: true, or false. */
export const readinessQuery = queryOptions({
  queryKey: ['readiness'],
  queryFn: ({ signal }) => probe('/readyz', signal),
  refetchInterval: 30_000,
});
export const useReadiness = () => useQuery(readinessQuery);
