import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useTopic } from '../lib/topics.js';
import { get } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/latency';
export const latencySeconds = 60;
const polled = polledEvery(latencySeconds);

/** `window`: in seconds; `toAt`: when it ends (ISO), now without it; `sort`: p99, p95, p50 or count; `compare`: none,
    yesterday or last_week; `endpoints`: these (`linesOf` ids) and not the busiest. */
export const summaryQuery = ({ window = 3600, toAt, sort = 'p99', compare = 'none', service = '', endpoints } = {}) =>
  queryOptions({
    queryKey: ['latency', 'summary', { window, toAt, sort, compare, service, endpoints }],
    queryFn: ({ signal }) => get(`${root}/summary`, { signal, query: { window_seconds: window, to_at: toAt, sort, compare, service, endpoints } }),
    ...polled,
  });
export const useLatencySummary = (question) => {
  useTopic('latency');
  return useQuery(summaryQuery(question));
};

const pageSize = 50;

/** Every endpoint, in pages; `search`: words that path, method or service must hold. */
export const endpointsQuery = ({ window = 3600, toAt, sort = 'count', compare = 'none', service = '', search = '', limit = pageSize } = {}) =>
  infiniteQueryOptions({
    queryKey: ['latency', 'endpoints', { window, toAt, sort, compare, service, search, limit }],
    queryFn: ({ signal, pageParam: cursor }) =>
      get(`${root}/endpoints`, { signal, query: { window_seconds: window, to_at: toAt, sort, compare, service, search, limit, cursor } }),
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

/** What is asked about one endpoint. */
const about = (what, { path, service, method, window, toAt, compare }) =>
  queryOptions({
    queryKey: ['latency', what, { path, service, method, window, toAt, compare }],
    queryFn: ({ signal }) =>
      get(`${root}/endpoints/${encodeURIComponent(path)}/${what}`, { signal, query: { service, method, window_seconds: window, to_at: toAt, compare } }),
    ...polled,
    placeholderData: undefined,
  });

export const histogramQuery = ({ window = 3600, compare = 'none', ...of }) => about('histogram', { window, compare, ...of });
export const useHistogram = (question, enabled = true) => useQuery({ ...histogramQuery(question), enabled });

export const trendQuery = ({ window = 86_400, compare = 'none', ...of }) => about('trend', { window, compare, ...of });
export const useTrend = (question) => useQuery(trendQuery(question));

/** The slowest requests that have a trace. */
export const useExamples = ({ window = 3600, ...of }) => useQuery(about('examples', { window, ...of }));
