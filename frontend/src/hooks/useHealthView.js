import { useCallback, useLayoutEffect, useMemo, useRef } from 'react';
import { useSearchParams } from 'react-router';

const lists = ['status', 'open'];
const names = ['q', 'view', 'sort', 'selected', 'service', 'day', 'run', 'panel'];

export const views = ['grid', 'table', 'graph', 'split'];

const read = (params) => ({
  ...Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])),
  ...Object.fromEntries(lists.map((name) => [name, params.get(name)?.split(',').filter(Boolean) ?? []])),
});

const changed = (params, changes) => {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    if (value?.length) next.set(name, Array.isArray(value) ? value.join(',') : value);
    else next.delete(name);
  }
  return next;
};

/** All that the page shows is in its address: filter (`q`, `status`), `view`, `sort`, `open` cards, `selected` service, and
    the dialog on top (`panel` with `service`, `day`, `run`). `change({...})` sets some of it; empty values go away. */
export const useHealthView = () => {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => read(params), [params]);
  const latest = useRef(params); // two changes in one moment both count: the router would keep only the last
  useLayoutEffect(() => {
    latest.current = params;
  }, [params]);
  const change = useCallback(
    (changes) => {
      latest.current = changed(latest.current, changes);
      setParams(latest.current, { replace: true, preventScrollReset: true });
    },
    [setParams],
  );
  return [view, change];
};
