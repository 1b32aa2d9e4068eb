import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, patch, post } from './client.js';

const user = (name) => `/auth/users/${encodeURIComponent(name)}`;

export const usersQuery = queryOptions({
  queryKey: ['auth', 'users'],
  queryFn: ({ signal }) => get('/auth/users', { signal }),
  staleTime: 30_000,
});
export const useUsers = (enabled) => useQuery({ ...usersQuery, enabled });

const useChange = (mutationFn) => {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: usersQuery.queryKey }) });
};

export const useCreateUser = () => useChange((body) => post('/auth/users', body));
/** `{ name, ...changes }`: role, disabled, password; only what is given changes. */
export const useUpdateUser = () => useChange(({ name, ...changes }) => patch(user(name), changes));
export const useDeleteUser = () => useChange((name) => del(user(name)));
