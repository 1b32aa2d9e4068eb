import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { caughtUp } from '../lib/recentChanges.js';
import { del, get, post, put } from './client.js';
import { polled } from './polling.js';

const root = '/admin/health';
const service = (id) => `${root}/services/${encodeURIComponent(id)}`;

/** Every key starts with `health`, so one event can mark all of it as old. */
export const boardQuery = queryOptions({
  queryKey: ['health', 'services'],
  queryFn: async ({ signal }) => caughtUp(await get(`${root}/services`, { signal })),
  ...polled,
});
/** `options`: of TanStack's useQuery, such as `select`. */
export const useBoard = (options) => useQuery({ ...boardQuery, ...options });

export const serviceQuery = (id) =>
  queryOptions({
    queryKey: ['health', 'services', id],
    queryFn: ({ signal }) => get(service(id), { signal }),
    ...polled,
    placeholderData: undefined,
  });
export const useServiceDetail = (id) => useQuery(serviceQuery(id));

export const historyQuery = (id) =>
  queryOptions({
    queryKey: ['health', 'services', id, 'history'],
    queryFn: ({ signal }) => get(`${service(id)}/history`, { signal }),
    staleTime: 5 * 60_000,
  });
export const useHistory = (id) => useQuery(historyQuery(id));

/** `result`: only runs that ended so. */
export const runsQuery = (id, { limit = 50, result, cursor } = {}) =>
  queryOptions({
    queryKey: ['health', 'services', id, 'checks', { limit, result, cursor }],
    queryFn: ({ signal }) => get(`${service(id)}/checks`, { signal, query: { limit, result, cursor } }),
    staleTime: 10_000,
  });
export const useRuns = (id, filter) => useQuery(runsQuery(id, filter));

export const dependencyQuery = queryOptions({
  queryKey: ['health', 'dependencies'],
  queryFn: ({ signal }) => get(`${root}/dependencies`, { signal }),
  ...polled,
});
export const useDependencies = () => useQuery(dependencyQuery);

export const incidentsQuery = (filter = {}) =>
  queryOptions({
    queryKey: ['health', 'incidents', filter],
    queryFn: ({ signal }) => get(`${root}/incidents`, { signal, query: filter }),
    ...polled,
  });
export const useHealthIncidents = (filter) => useQuery(incidentsQuery(filter));

export const maintenanceQuery = queryOptions({
  queryKey: ['health', 'maintenance'],
  queryFn: ({ signal }) => get(`${root}/maintenance`, { signal }),
  ...polled,
});
export const useMaintenance = () => useQuery(maintenanceQuery);

/** A change of any kind makes all of health old. */
const useChange = (mutationFn) => {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: ['health'] }) });
};

export const useCheckNow = () => useChange((id) => post(`${service(id)}/check`));
export const useCreateService = () => useChange((spec) => post(`${root}/services`, spec));
/** `version`: the one that was edited; the server refuses with 412 when there is a newer one. */
export const useUpdateService = () =>
  useChange(({ spec, version }) => put(service(spec.id), spec, { headers: { 'If-Match': `"${version}"` } }));
export const useDeleteService = () => useChange((id) => del(service(id)));
export const useTryService = () => useMutation({ mutationFn: (spec) => post(`${root}/try`, spec) });
export const useCreateMaintenance = () => useChange((spec) => post(`${root}/maintenance`, spec));
export const useEndMaintenance = () => useChange((id) => del(`${root}/maintenance/${encodeURIComponent(id)}`));

const page = 200;
const mostPages = 5;

/** All runs of one UTC day (`2026-11-12`) that ended with `result`, newest first: pages back until the day is left. */
const runsOfDay = async (id, day, result, signal) => {
  const found = [];
  let cursor;
  for (let at = 0; at < mostPages; at += 1) {
    const { runs, next_cursor: next } = await get(`${service(id)}/checks`, { signal, query: { limit: page, result, cursor } });
    found.push(...runs.filter((run) => run.started_at.startsWith(day)));
    if (!next || runs.at(-1)?.started_at < day) break;
    cursor = next;
  }
  return found;
};

/** What failed or warned on a day. */
export const dayQuery = (id, day) =>
  queryOptions({
    queryKey: ['health', 'services', id, 'day', day],
    queryFn: async ({ signal }) => {
      const results = await Promise.all(['fail', 'warn'].map((result) => runsOfDay(id, day, result, signal)));
      return results.flat().sort((a, b) => b.started_at.localeCompare(a.started_at));
    },
    staleTime: 30_000,
  });
export const useDay = (id, day) => useQuery(dayQuery(id, day));
