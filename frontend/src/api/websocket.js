import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { isHeard } from '../lib/connection.js';
import { joined, missingSeconds } from '../lib/rateHistory.js';
import { useTopic } from '../lib/topics.js';
import { get, post } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/websocket';
export const statsSeconds = 5;
const listSeconds = () => (isHeard('ws') ? 2 : statsSeconds);
const polled = polledEvery(statsSeconds);

/** Every key starts with `websocket`. */
export const statsQuery = queryOptions({
  queryKey: ['websocket', 'stats'],
  queryFn: ({ signal }) => get(`${root}/stats`, { signal }),
  ...polled,
});
export const useWsStats = () => {
  useTopic('ws');
  return useQuery(statsQuery);
};

/** The last ten minutes by the second; asks only for what is not known yet. */
export const ratesQuery = queryOptions({
  queryKey: ['websocket', 'rates'],
  queryFn: async ({ signal, client, queryKey }) => {
    const known = () => client.getQueryData(queryKey)?.points ?? [];
    const fresh = await get(`${root}/rates`, { signal, query: { window_seconds: missingSeconds(known()) } });
    return { ...fresh, points: joined(known(), fresh.points) };
  },
  ...polled,
});
export const useWsRates = () => useQuery(ratesQuery);

export const pageSize = 50;

/** A page of connections. `state`: open, or closed in the last five minutes; `sort`: a column, with `-` from its other
    end; `search`: a part of the address, the user or a subscription; `cursor`: where the page begins. */
export const connectionsQuery = ({ state = 'open', sort = '-connected_at', search = '', cursor = '', limit = pageSize } = {}) =>
  queryOptions({
    queryKey: ['websocket', 'connections', { state, sort, search, cursor, limit }],
    queryFn: ({ signal }) => get(`${root}/connections`, { signal, query: { state, sort, search, cursor, limit } }),
    ...polled,
    refetchInterval: () => listSeconds() * 1000,
    placeholderData: (old, query) => (query?.queryKey[2].state === state ? old : undefined), // closed ones are drawn otherwise
  });
export const useConnections = (question, enabled = true) => useQuery({ ...connectionsQuery(question), enabled });

const known = { limit: 200 };
/** The newest 200 connections: what can be looked for by address. */
export const useKnownConnections = (enabled) => useConnections(known, enabled).data?.connections;

export const errorsQuery = queryOptions({
  queryKey: ['websocket', 'errors'],
  queryFn: ({ signal }) => get(`${root}/errors`, { signal }),
  ...polled,
  refetchInterval: statsSeconds * 1000,
});
export const useWsErrors = () => useQuery(errorsQuery);

/** How many connections `{user}` or `{client_ip}` has: nothing is closed. */
export const useConnectionCount = (whose, enabled) =>
  useQuery({
    queryKey: ['websocket', 'count', whose],
    queryFn: ({ signal }) => post(`${root}/disconnect`, { ...whose, dry_run: true }, { signal }),
    enabled,
    staleTime: 0,
  });

/** Closes connections: `{id, reason}` one, `{user, reason}` or `{client_ip, reason}` all of theirs. */
export const useDisconnect = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...whose }) => (id ? post(`${root}/connections/${encodeURIComponent(id)}/disconnect`, whose) : post(`${root}/disconnect`, whose)),
    onSuccess: () => client.invalidateQueries({ queryKey: ['websocket', 'connections'] }),
  });
};
