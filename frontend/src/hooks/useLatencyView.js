import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

export const ranges = [['1h', '1 h', 3600], ['6h', '6 h', 6 * 3600], ['24h', '24 h', 86_400], ['7d', '7 d', 7 * 86_400]];
const comparisons = ['none', 'yesterday', 'last_week'];
const scopes = ['top', 'all'];
const quantiles = ['p99', 'p95', 'p50', 'count'];

const oneOf = (value, choices, usual) => (choices.includes(value) ? value : usual);

const read = (params) => {
  const compare = oneOf(params.get('compare'), comparisons, 'none');
  const scope = oneOf(params.get('scope'), scopes, 'top');
  const canCompare = compare !== 'none' && scope === 'top'; // the list of all endpoints has no comparison
  const [range, , window] = ranges.find(([id]) => id === params.get('range')) ?? ranges[0];
  return {
    range,
    window,
    compare,
    scope,
    canCompare,
    sort: oneOf(params.get('sort'), canCompare ? [...quantiles, 'change'] : quantiles, canCompare ? 'change' : 'p99'),
    service: params.get('service') ?? '',
    q: params.get('q') ?? '',
    open: params.get('open') ?? '',
  };
};

const usual = { range: '1h', compare: 'none', scope: 'top' };

/** All that the page shows is in its address: range, compare, scope, sort, service, filter (`q`) and the open row.
    `change({...})` sets some of it; what is usual goes away. */
export const useLatencyView = () => {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (changes) =>
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          for (const [name, value] of Object.entries(changes)) {
            if (value && value !== usual[name]) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  return [read(params), change];
};
