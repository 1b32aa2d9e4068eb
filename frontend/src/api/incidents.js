import { infiniteQueryOptions, keepPreviousData, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { aroundStart } from '../lib/aroundStart.js';
import { get, post } from './client.js';
import { polled } from './polling.js';

const root = '/admin/alerts';
const incident = (id) => `${root}/incidents/${encodeURIComponent(id)}`;
const pageSize = 100;

/** Every key starts with `alerts`, so one event can mark all of it as old. `filter`: {state, severity, service, held}. */
export const incidentListQuery = (filter = {}) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'incidents', 'list', filter],
    queryFn: ({ signal, pageParam: cursor }) => get(`${root}/incidents`, { signal, query: { ...filter, limit: pageSize, cursor } }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }) => next,
    ...polled,
  });

/** Pages of a list as one, with the counts of the newest. */
const joined = ({ pages }) => ({ incidents: pages.flatMap(({ incidents }) => incidents), counts: pages[0].counts });
/** Its `data` is `{incidents, counts}` of the pages so far: open ones first, the worst, then the newest. */
export const useIncidentList = (filter) => useInfiniteQuery({ ...incidentListQuery(filter), select: joined });

const mostOpen = 200;
export const openIncidentsQuery = queryOptions({
  queryKey: ['alerts', 'incidents', 'open'],
  queryFn: ({ signal }) => get(`${root}/incidents`, { signal, query: { state: 'open', limit: mostOpen } }),
  ...polled,
});
/** What is open now, held back or not, for the frame and the dashboard. `options`: of useQuery, such as `select`. */
export const useOpenIncidents = (options) => useQuery({ ...openIncidentsQuery, ...options });

export const incidentQuery = (id) =>
  queryOptions({
    queryKey: ['alerts', 'incidents', 'one', id],
    queryFn: ({ signal }) => get(incident(id), { signal }),
    ...polled,
    placeholderData: undefined,
  });
export const useIncident = (id) => useQuery({ ...incidentQuery(id), enabled: Boolean(id) });

const timelinePage = 200; // twice what an incident brings along: the first page already shows more
/** All of a timeline, page by page: what an incident brings along are its newest entries. */
export const useWholeTimeline = (id, enabled) =>
  useInfiniteQuery({
    queryKey: ['alerts', 'incidents', 'one', id, 'timeline'],
    queryFn: ({ signal, pageParam: cursor }) => get(`${incident(id)}/timeline`, { signal, query: { limit: timelinePage, cursor } }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }) => next,
    select: ({ pages }) => pages.flatMap(({ entries }) => entries),
    placeholderData: keepPreviousData,
    enabled,
  });

const metricSeconds = 60;
/** The metric of an incident, minute by minute, as long as it is kept; null when it is not any more. */
export const useAroundStart = (detail) =>
  useQuery({
    queryKey: ['alerts', 'metric', detail.incident.id],
    queryFn: async ({ signal }) => {
      const question = aroundStart(detail, Date.now());
      return question && post(`${root}/preview`, question, { signal });
    },
    staleTime: metricSeconds * 1000,
    refetchInterval: detail.incident.resolved_at ? false : metricSeconds * 1000,
  });

/** What an operator does about an incident. The answer is the incident as it is now; a refusal (409) means that somebody
    was faster, so it is read again. */
const useAction = (mutationFn) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: (detail) => {
      client.setQueryData(incidentQuery(detail.incident.id).queryKey, detail);
      client.invalidateQueries({ queryKey: ['alerts'] });
    },
    onError: ({ status }) => {
      if (status === 409) client.invalidateQueries({ queryKey: ['alerts', 'incidents'] });
    },
  });
};
export const useAcknowledgeIncident = () => useAction(({ id, comment = '' }) => post(`${incident(id)}/acknowledge`, { comment }));
export const useResolveIncident = () => useAction(({ id, comment = '' }) => post(`${incident(id)}/resolve`, { comment }));
export const useCommentIncident = () => useAction(({ id, comment }) => post(`${incident(id)}/comments`, { comment }));
export const useEscalateIncident = () => useAction((id) => post(`${incident(id)}/escalate`));

export const useRetryDelivery = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id) => post(`${root}/deliveries/${encodeURIComponent(id)}/retry`),
    onSettled: () => client.invalidateQueries({ queryKey: ['alerts', 'incidents'] }),
  });
};
