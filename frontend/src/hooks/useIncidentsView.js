import { useCallback, useMemo } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { severities } from '../lib/incidentWords.js';

const names = ['state', 'severity', 'service', 'held', 'show', 'panel'];
const usual = { state: 'all', show: 'all' };
const choices = { state: ['all', 'open', 'resolved'], show: ['all', 'messages', 'people'], severity: severities };

const oneOf = (name, value) => (choices[name].includes(value) ? value : (usual[name] ?? ''));

const read = (params, id) => ({
  id: id ?? '',
  state: oneOf('state', params.get('state')),
  severity: oneOf('severity', params.get('severity')),
  service: params.get('service') ?? '',
  held: params.get('held') === '1',
  show: oneOf('show', params.get('show')),
  panel: params.get('panel') ?? '',
});

const changed = (old, changes) => {
  const next = new URLSearchParams(old);
  for (const [name, value] of Object.entries(changes)) {
    if (value && value !== usual[name]) next.set(name, value);
    else next.delete(name);
  }
  return next;
};

/** All that the page of incidents shows is in its address: the incident (`/admin/incidents/2041`), the filters of the list
    (`state`, `severity`, `service`, `held`), that of the timeline (`show`), and the dialog on top (`panel`).
    Answers `[view, change({...}), pathOf(id), open(id, options)]`. */
export const useIncidentsView = () => {
  const { id } = useParams();
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const change = useCallback((changes) => setParams((old) => changed(old, changes), { replace: true, preventScrollReset: true }), [setParams]);
  const pathOf = useCallback(
    (to) => {
      const query = `${changed(params, { panel: '' })}`;
      return `/admin/incidents${to ? `/${to}` : ''}${query && `?${query}`}`;
    },
    [params],
  );
  const open = useCallback((to, options) => navigate(pathOf(to), { preventScrollReset: true, ...options }), [navigate, pathOf]);
  return [useMemo(() => read(params, id), [params, id]), change, pathOf, open];
};

/** The filters alone, to be taken away. */
export const noFilters = Object.fromEntries(names.slice(0, 4).map((name) => [name, '']));
