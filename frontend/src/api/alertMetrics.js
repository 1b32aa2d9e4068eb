import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/alerts';

/** Every metric that a rule may watch. */
export const metricsQuery = queryOptions({
  queryKey: ['alerts', 'metrics'],
  queryFn: ({ signal }) => get(`${root}/metrics`, { signal }),
  ...polledEvery(60),
});
export const useMetrics = () => useQuery(metricsQuery);

/** The series of a metric with their last values, up to 200. */
export const useSeries = (metric) =>
  useQuery({
    queryKey: ['alerts', 'series', metric],
    queryFn: ({ signal }) => get(`${root}/series`, { signal, query: { metric, limit: 200 } }),
    enabled: Boolean(metric),
    ...polledEvery(60),
    placeholderData: (old, query) => (query?.queryKey[2] === metric ? keepPreviousData(old) : undefined),
  });
