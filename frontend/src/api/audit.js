import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { get } from './client.js';

const pageSize = 50;

/** `filter`: actor, action. Pages come newest first. */
export const auditQuery = (filter) =>
  infiniteQueryOptions({
    queryKey: ['auth', 'audit', filter],
    queryFn: ({ signal, pageParam }) => get('/auth/audit', { signal, query: { ...filter, limit: pageSize, cursor: pageParam } }),
    initialPageParam: null,
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 30_000,
  });
export const useAudit = (filter, enabled) => useInfiniteQuery({ ...auditQuery(filter), enabled });

const exportedAtMost = 10_000;

/** All matching entries, newest first, ten thousand at most. */
export const fetchTrail = async (filter) => {
  const entries = [];
  let cursor = null;
  do {
    const page = await get('/auth/audit', { query: { ...filter, limit: 200, cursor } });
    entries.push(...page.entries);
    cursor = page.next_cursor;
  } while (cursor && entries.length < exportedAtMost);
  return entries;
};
