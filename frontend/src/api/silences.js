import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, post, put } from './client.js';
import { polledEvery } from './polling.js';

const silences = '/admin/alerts/silences';
const timings = '/admin/alerts/mute-timings';
const at = (root, id) => `${root}/${encodeURIComponent(id)}`;

export const silencesQuery = queryOptions({
  queryKey: ['alerts', 'silences'],
  queryFn: ({ signal }) => get(silences, { signal }),
  ...polledEvery(30),
});
export const useSilences = () => useQuery(silencesQuery);

export const muteTimingsQuery = queryOptions({
  queryKey: ['alerts', 'mute_timings'],
  queryFn: ({ signal }) => get(timings, { signal }),
  ...polledEvery(60),
});
export const useMuteTimings = () => useQuery(muteTimingsQuery);

const faster = [404, 409, 412];

/** What is quiet changes which incidents are held back: all of alerts is old, also when someone else was faster. */
const useChange = (mutationFn) => {
  const client = useQueryClient();
  const renew = () => client.invalidateQueries({ queryKey: ['alerts'] });
  return useMutation({ mutationFn, onSuccess: renew, onError: ({ status }) => faster.includes(status) && renew() });
};

/** `{id, spec}`: a new one without `id`. */
export const useSaveSilence = () => useChange(({ id, spec }) => (id ? put(at(silences, id), spec) : post(silences, spec)));
export const useEndSilence = () => useChange((id) => del(at(silences, id)));
export const useSaveMuteTiming = () => useChange(({ id, spec }) => (id ? put(at(timings, id), spec) : post(timings, spec)));
export const useDeleteMuteTiming = () => useChange((id) => del(at(timings, id)));
