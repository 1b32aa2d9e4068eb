import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/alerts/policies';

export const policiesQuery = queryOptions({
  queryKey: ['alerts', 'policies'],
  queryFn: ({ signal }) => get(root, { signal }),
  ...polledEvery(60),
});
export const usePolicies = () => useQuery(policiesQuery);
