import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { readRange } from '../lib/latencyRange.js';

const comparisons = ['none', 'yesterday', 'last_week'];
const scopes = ['top', 'watched', 'all'];
const quantiles = ['p99', 'p95', 'p50', 'count'];

const oneOf = (value, choices, usual) => (choices.includes(value) ? value : usual);

const read = (params) => {
  const compare = oneOf(params.get('compare'), comparisons, 'none');
  const scope = oneOf(params.get('scope'), scopes, 'top');
  const byChange = compare !== 'none' && scope !== 'all'; // pages of all endpoints come sorted by what the server knows
  return {
    ...readRange(params),
    compare,
    compares: compare !== 'none',
    scope,
    sort: oneOf(params.get('sort'), byChange ? [...quantiles, 'change'] : quantiles, byChange ? 'change' : 'p99'),
    service: params.get('service') ?? '',
    q: params.get('q') ?? '',
    open: params.get('open') ?? '',
    watch: params.getAll('watch'),
  };
};

const usual = { range: '1h', compare: 'none', scope: 'top' };

const changed = (old, changes) => {
  const next = new URLSearchParams(old);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    if (value && value !== usual[name]) next.set(name, value);
  }
  return next;
};

/** All that the page shows is in its address: range (`range`, or `from` and `to`), compare, scope, sort, service, filter
    (`q`), the open row, and what someone who sent the link watches (`watch`). `change({...})` sets some of it; what is
    usual goes away. */
export const useLatencyView = () => {
  const [params, setParams] = useSearchParams();
  const change = useCallback((changes) => setParams((old) => changed(old, changes), { replace: true, preventScrollReset: true }), [setParams]);
  return [useMemo(() => read(params), [params]), change];
};
