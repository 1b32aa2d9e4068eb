import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useTopic } from '../lib/topics.js';
import { get } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/latency';
export const latencySeconds = 60;
const polled = polledEvery(latencySeconds);

/** `window`: in seconds; `sort`: p99, p95, p50 or count; `compare`: none, yesterday or last_week. */
export const summaryQuery = ({ window = 3600, sort = 'p99', compare = 'none', service = '' } = {}) =>
  queryOptions({
    queryKey: ['latency', 'summary', { window, sort, compare, service }],
    queryFn: ({ signal }) => get(`${root}/summary`, { signal, query: { window_seconds: window, sort, compare, service } }),
    ...polled,
  });
export const useLatencySummary = (question) => {
  useTopic('latency');
  return useQuery(summaryQuery(question));
};

const pageSize = 50;

/** Every endpoint, in pages; `search`: words that path, method or service must hold. */
export const endpointsQuery = ({ window = 3600, sort = 'count', service = '', search = '', limit = pageSize } = {}) =>
  infiniteQueryOptions({
    queryKey: ['latency', 'endpoints', { window, sort, service, search, limit }],
    queryFn: ({ signal, pageParam: cursor }) => get(`${root}/endpoints`, { signal, query: { window_seconds: window, sort, service, search, limit, cursor } }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }) => next,
    ...polled,
  });
/** Its `data` is the list of all endpoints of the pages so far. */
export const useEndpoints = (question, enabled = true) =>
  useInfiniteQuery({ ...endpointsQuery(question), enabled, select: ({ pages }) => pages.flatMap(({ endpoints }) => endpoints) });

const known = { window: 86_400, limit: 200 };
/** The busiest 200 endpoints of the last day: what can be looked for by name. */
export const useKnownEndpoints = (enabled = true) => useEndpoints(known, enabled).data;

const at = (path, what) => `${root}/endpoints/${encodeURIComponent(path)}/${what}`;

export const histogramQuery = ({ path, service, method, window = 3600, compare = 'none' }) =>
  queryOptions({
    queryKey: ['latency', 'histogram', { path, service, method, window, compare }],
    queryFn: ({ signal }) => get(at(path, 'histogram'), { signal, query: { service, method, window_seconds: window, compare } }),
    ...polled,
    placeholderData: undefined,
  });
export const useHistogram = (question, enabled = true) => useQuery({ ...histogramQuery(question), enabled });

export const trendQuery = ({ path, service, method, window = 86_400, compare = 'none' }) =>
  queryOptions({
    queryKey: ['latency', 'trend', { path, service, method, window, compare }],
    queryFn: ({ signal }) => get(at(path, 'trend'), { signal, query: { service, method, window_seconds: window, compare } }),
    ...polled,
    placeholderData: undefined,
  });
export const useTrend = (question) => useQuery(trendQuery(question));
