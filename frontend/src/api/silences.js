import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './client.js';
import { polledEvery } from './polling.js';

export const silencesQuery = queryOptions({
  queryKey: ['alerts', 'silences'],
  queryFn: ({ signal }) => get('/admin/alerts/silences', { signal }),
  ...polledEvery(30),
});
export const useSilences = () => useQuery(silencesQuery);

export const muteTimingsQuery = queryOptions({
  queryKey: ['alerts', 'mute_timings'],
  queryFn: ({ signal }) => get('/admin/alerts/mute-timings', { signal }),
  ...polledEvery(60),
});
export const useMuteTimings = () => useQuery(muteTimingsQuery);
