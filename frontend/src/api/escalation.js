import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, post, put } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/alerts/policies';
const policy = (id) => `${root}/${encodeURIComponent(id)}`;

export const policiesQuery = queryOptions({
  queryKey: ['alerts', 'policies'],
  queryFn: ({ signal }) => get(root, { signal }),
  ...polledEvery(60),
});
export const usePolicies = () => useQuery(policiesQuery);

const faster = [404, 409, 412];

/** Rules and incidents name policies, too; after a refusal they are read again, because someone was faster. */
const useChange = (mutationFn) => {
  const client = useQueryClient();
  const renew = () => client.invalidateQueries({ queryKey: ['alerts'] });
  return useMutation({ mutationFn, onSuccess: renew, onError: ({ status }) => faster.includes(status) && renew() });
};

/** A new policy (without `id`), or a changed one. `version`: the one that was edited; 412 when there is a newer one. */
export const useSavePolicy = () =>
  useChange(({ id, version, spec }) => (id ? put(policy(id), spec, { headers: { 'If-Match': `"${version}"` } }) : post(root, spec)));
export const useDeletePolicy = () => useChange((id) => del(policy(id)));
