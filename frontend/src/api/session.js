import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { leaveTo } from '../lib/leaveTo.js';
import { sessionEnded, sessionStarted } from '../lib/session.js';
import { del, get, post } from './client.js';

const roles = ['viewer', 'operator', 'admin'];
const started = (me) => {
  sessionStarted(me.csrf_token);
  return me;
};

export const meQuery = queryOptions({
  queryKey: ['auth', 'me'],
  queryFn: async ({ signal }) => started(await get('/auth/me', { signal, signingIn: true })),
  staleTime: 5 * 60_000,
  retryOnMount: false, // the sign-in page asks the same question just after the frame did
});
export const useMe = () => useQuery(meQuery);

/** How one may sign in besides name and password. */
export const methodsQuery = queryOptions({
  queryKey: ['auth', 'methods'],
  queryFn: ({ signal }) => get('/auth/methods', { signal, signingIn: true }),
  staleTime: Infinity,
});
export const useSignInMethods = () => useQuery(methodsQuery).data;

/** Whether the person signed in has at least this role. */
export const useHasRole = (role) => roles.indexOf(useMe().data?.user.role) >= roles.indexOf(role);

/** Everything but who is signed in. */
const others = { predicate: ({ queryKey }) => queryKey.join('/') !== meQuery.queryKey.join('/') };

/** Nothing of the person stays in memory; the frame sees that nobody is signed in, and shows the sign-in page. */
const forget = async (client) => {
  sessionEnded();
  await client.resetQueries({ queryKey: meQuery.queryKey });
  client.removeQueries(others);
};

export const useSignIn = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body) => started(await post('/auth/login', body, { signingIn: true })),
    onSuccess: (me) => {
      client.setQueryData(meQuery.queryKey, me);
      return client.invalidateQueries(others);
    },
  });
};

export const useSignOut = () => {
  const client = useQueryClient();
  const signOutAt = client.getQueryData(meQuery.queryKey)?.sign_out_at;
  return useMutation({
    mutationFn: () => post('/auth/logout'),
    onSuccess: () => (signOutAt ? leaveTo(signOutAt) : forget(client)),
  });
};

export const useChangePassword = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body) => post('/auth/password', body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['auth'] }),
  });
};

export const sessionsQuery = queryOptions({
  queryKey: ['auth', 'sessions'],
  queryFn: ({ signal }) => get('/auth/sessions', { signal }),
  staleTime: 30_000,
});
export const useSessions = () => useQuery(sessionsQuery);

export const useSignOutEverywhere = () => {
  const client = useQueryClient();
  return useMutation({ mutationFn: () => del('/auth/sessions'), onSuccess: () => forget(client) });
};
