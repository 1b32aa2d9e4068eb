import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, patch, post, put } from './client.js';
import { polledEvery } from './polling.js';

const root = '/admin/alerts';
const rule = (id) => `${root}/rules/${encodeURIComponent(id)}`;
export const rulesSeconds = 15;

/** Every key of alerts starts with `alerts` and what it is of, so that one event marks what it makes old. */
export const rulesQuery = queryOptions({
  queryKey: ['alerts', 'rules'],
  queryFn: ({ signal }) => get(`${root}/rules`, { signal }),
  ...polledEvery(rulesSeconds),
});
export const useRules = () => useQuery(rulesQuery);
/** The rules, where they are looked for by name. */
export const useKnownRules = (enabled) => useQuery({ ...rulesQuery, enabled }).data?.rules;

/** What the rule was before, newest first; as they are while `version` is the latest. */
export const useRuleVersions = (id, version) =>
  useQuery({ queryKey: ['alerts', 'versions', id, version], queryFn: ({ signal }) => get(`${rule(id)}/versions`, { signal }), staleTime: Infinity });

/** Why did it (not) fire: the last 100 evaluations, newest first. */
export const useEvaluations = (id) =>
  useQuery({ queryKey: ['alerts', 'evaluations', id], queryFn: ({ signal }) => get(`${rule(id)}/evaluations`, { signal }), ...polledEvery(rulesSeconds) });

/** What a rule would have done over the last `hours`. `body`: {rule} as it is written, or {rule_id} of one that is saved. */
export const previewQuery = (body, hours = 24) =>
  queryOptions({
    queryKey: ['alerts', 'preview', body, hours],
    queryFn: ({ signal }) => post(`${root}/preview`, { ...body, hours }, { signal }),
    staleTime: 60_000,
    gcTime: 60_000,
    refetchInterval: 60_000,
  });

const isDerived = ({ queryKey: [domain, what] }) => domain === 'alerts' && ['evaluations', 'incidents', 'channels', 'policies'].includes(what);
const withRule = (saved) => (old) => old && { ...old, rules: old.rules.some(({ id }) => id === saved.id) ? old.rules.map((one) => (one.id === saved.id ? saved : one)) : [...old.rules, saved] };
const withoutRule = (gone) => (old) => old && { ...old, rules: old.rules.filter(({ id }) => id !== gone) };

/** A change of one rule: its answer is shown at once, and what is told of it elsewhere is old. */
const useChange = (mutationFn, patched = withRule) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: async (saved, variables) => {
      await client.cancelQueries({ queryKey: rulesQuery.queryKey });
      client.setQueryData(rulesQuery.queryKey, patched(saved ?? variables));
      client.invalidateQueries({ queryKey: rulesQuery.queryKey });
      client.invalidateQueries({ predicate: isDerived });
    },
    onError: ({ status }) => {
      if ([404, 409, 412].includes(status)) client.invalidateQueries({ queryKey: rulesQuery.queryKey }); // someone was faster
    },
  });
};

export const useCreateRule = () => useChange((spec) => post(`${root}/rules`, spec));
/** `{id, spec}`: with the `version` it was made from; the server refuses with 409 when there is a newer one. */
export const useUpdateRule = () => useChange(({ id, spec }) => put(rule(id), spec));
export const useSwitchRule = () => useChange(({ id, enabled }) => patch(rule(id), { enabled }));
export const useDeleteRule = () => useChange((id) => del(rule(id)), withoutRule);
/** `{id, channel}`: a sample of the saved rule, sent for real. */
export const useTestRule = () => useMutation({ mutationFn: ({ id, channel }) => post(`${rule(id)}/test`, { channel }) });

/** Rules, channels and policies from YAML: a plan, or `apply` it. */
export const useImportAlerts = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ yaml, apply = false, prune = false }) => post(`${root}/import`, { yaml, apply, prune }),
    onSuccess: ({ applied }) => applied && client.invalidateQueries({ queryKey: ['alerts'] }),
  });
};
export const exportAlerts = () => get(`${root}/export`);
