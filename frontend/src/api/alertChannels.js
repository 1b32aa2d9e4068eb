import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, post, put } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/alerts';
const channel = (id) => `${root}/channels/${encodeURIComponent(id)}`;
export const channelsSeconds = 30;

export const channelsQuery = queryOptions({
  queryKey: ['alerts', 'channels'],
  queryFn: ({ signal }) => get(`${root}/channels`, { signal }),
  ...polledEvery(channelsSeconds),
});
export const useChannels = () => useQuery(channelsQuery);

/** The last messages to a channel, newest first. */
export const useDeliveries = (id) =>
  useQuery({ queryKey: ['alerts', 'deliveries', id], queryFn: ({ signal }) => get(`${root}/deliveries`, { signal, query: { channel_id: id, limit: 10 } }), ...polledEvery(channelsSeconds) });

const useChange = (mutationFn) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: channelsQuery.queryKey }),
    onError: ({ status }) => {
      if ([404, 409, 412].includes(status)) client.invalidateQueries({ queryKey: channelsQuery.queryKey });
    },
  });
};

export const useCreateChannel = () => useChange((spec) => post(`${root}/channels`, spec));
/** `{id, spec, version}`: secrets that are left out stay; 412 when there is a newer version. */
export const useUpdateChannel = () => useChange(({ id, spec, version }) => put(channel(id), spec, { headers: { 'If-Match': `"${version}"` } }));
export const useDeleteChannel = () => useChange((id) => del(channel(id)));
/** A real message: to a saved channel by its `id`, or to the one that `spec` describes. */
export const useTestChannel = () => useMutation({ mutationFn: ({ id, spec }) => (spec ? post(`${root}/channels/test`, spec) : post(`${channel(id)}/test`)) });
export const useRetryDelivery = () => useChange((id) => post(`${root}/deliveries/${encodeURIComponent(id)}/retry`));
