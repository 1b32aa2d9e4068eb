import { infiniteQueryOptions, keepPreviousData, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, patch, post, put } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/middleware';
export const pipelineSeconds = 5;
const polled = polledEvery(pipelineSeconds);

/** Every key starts with `middleware`, so one event can mark all of it as old. */
export const pipelineQuery = queryOptions({
  queryKey: ['middleware', 'pipeline'],
  queryFn: ({ signal }) => get(`${root}/pipeline`, { signal }),
  ...polled,
});
export const usePipeline = () => useQuery(pipelineQuery);

const frameSeconds = 30;
/** What the frame tells on every page: asked for less often. `select`: the part that is drawn. */
export const usePipelineOfFrame = (select) => useQuery({ ...pipelineQuery, ...polledEvery(frameSeconds), select });

const pageSize = 30;
/** As they are while `latest` is the latest. */
export const revisionsQuery = (latest) =>
  infiniteQueryOptions({
    queryKey: ['middleware', 'revisions', latest],
    queryFn: ({ signal, pageParam: cursor }) => get(`${root}/pipeline/revisions`, { signal, query: { limit: pageSize, cursor } }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }) => next,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
/** Its `data` is the list of all revisions of the pages so far, newest first. */
export const useRevisions = (latest) => useInfiniteQuery({ ...revisionsQuery(latest), select: ({ pages }) => pages.flatMap(({ revisions }) => revisions) });

/** What leads to `revision` from `against`; from the one before it without. Both stay what they are. */
export const diffQuery = (revision, against) =>
  queryOptions({
    queryKey: ['middleware', 'diff', revision, against],
    queryFn: ({ signal }) => get(`${root}/pipeline/revisions/${revision}/diff`, { signal, query: { against } }),
    staleTime: Infinity,
  });
export const useRevisionDiff = (revision, against) => useQuery(diffQuery(revision, against));

export const middlewareQuery = (id) =>
  queryOptions({
    queryKey: ['middleware', 'step', id],
    queryFn: ({ signal }) => get(`${root}/${encodeURIComponent(id)}`, { signal }),
    staleTime: 10_000,
  });
export const useMiddleware = (id) => useQuery(middlewareQuery(id));

export const statsQuery = queryOptions({
  queryKey: ['middleware', 'stats'],
  queryFn: ({ signal }) => get(`${root}/stats`, { signal }),
  ...polled,
});
export const useMiddlewareStats = () => useQuery(statsQuery);

/** Whether a change could be saved, and what it would mean; nothing is. `change`: {order} or {steps: [{id, settings}]}. */
export const useValidation = (change, enabled) =>
  useQuery({
    queryKey: ['middleware', 'validation', change],
    queryFn: ({ signal }) => post(`${root}/pipeline/validate`, change, { signal }),
    enabled,
    placeholderData: keepPreviousData, // what was wrong stays so until the next answer
    staleTime: 10_000,
    gcTime: 60_000,
  });

const lasting = ['diff', 'revisions'];
/** What a new revision makes old. */
const changing = ({ queryKey: [domain, what] }) => domain === 'middleware' && !lasting.includes(what);

/** A change that answers the whole pipeline: it is shown at once, and all that is told of it elsewhere is old. */
const useChange = (mutationFn) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: async (pipeline) => {
      await client.cancelQueries({ queryKey: pipelineQuery.queryKey });
      client.setQueryData(pipelineQuery.queryKey, pipeline);
      client.invalidateQueries({ predicate: changing, refetchType: 'active' });
    },
    onError: ({ status }) => {
      if (status === 409) client.invalidateQueries({ predicate: changing }); // someone was faster
    },
  });
};

/** `{order, base_revision, comment}`: every step, and the revision the order was made from. */
export const useSaveOrder = () => useChange((body) => put(`${root}/pipeline`, body));
export const useToggleMiddleware = () => useChange(({ id, enabled }) => patch(`${root}/${encodeURIComponent(id)}`, { enabled }));
/** `{settings, base_version, comment}`: only the settings that change. */
export const useSaveSettings = (id) => useChange((body) => patch(`${root}/${encodeURIComponent(id)}`, body));
export const useApplyPipeline = () => useChange((revision) => post(`${root}/pipeline/apply`, { revision }));
export const useConfirmPipeline = () => useChange((revision) => post(`${root}/pipeline/confirm`, { revision }));
/** `{to_revision, base_revision, comment}` */
export const useRollback = () => useChange((body) => post(`${root}/pipeline/rollback`, body));
