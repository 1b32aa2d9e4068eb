import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, post } from './client.js';

export const tokensQuery = queryOptions({
  queryKey: ['auth', 'tokens'],
  queryFn: ({ signal }) => get('/auth/tokens', { signal }),
  staleTime: 30_000,
});
export const useTokens = (enabled) => useQuery({ ...tokensQuery, enabled });

const useChange = (mutationFn) => {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }) });
};

/** Answers the token with its secret, which is told this once. */
export const useCreateToken = () => useChange((body) => post('/auth/tokens', body));
export const useRevokeToken = () => useChange((id) => del(`/auth/tokens/${encodeURIComponent(id)}`));
