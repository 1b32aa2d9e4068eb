import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/alerts/rules';
export const rulesSeconds = 15;

/** Every key of alerts starts with `alerts` and what it is of, so that one event marks what it makes old. */
export const rulesQuery = queryOptions({
  queryKey: ['alerts', 'rules'],
  queryFn: ({ signal }) => get(root, { signal }),
  ...polledEvery(rulesSeconds),
});
export const useRules = () => useQuery(rulesQuery);
