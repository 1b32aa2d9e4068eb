import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/alerts/channels';
export const channelsSeconds = 30;

export const channelsQuery = queryOptions({
  queryKey: ['alerts', 'channels'],
  queryFn: ({ signal }) => get(root, { signal }),
  ...polledEvery(channelsSeconds),
});
export const useChannels = () => useQuery(channelsQuery);
