import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { isConnectionSort, usualSort } from '../lib/connectionWords.js';

const names = ['state', 'sort', 'q', 'after', 'conn'];
const usual = { state: 'open', sort: usualSort };

const changed = (old, changes) => {
  const next = new URLSearchParams(old);
  for (const [name, value] of Object.entries(changes)) {
    if (value && value !== usual[name]) next.set(name, value);
    else next.delete(name);
  }
  return next;
};

/** Where the panel of connections is, on this page: `link({sort, q, ...})`. */
export const usePanelLink = () => {
  const [params] = useSearchParams();
  return (changes = {}) => `?${changed(params, { panel: 'connections', ...changes })}`;
};

/** All that the panel shows is in the address: `state` open or closed, `sort`, search (`q`), the page (`after`, a cursor)
    and the open row (`conn`). `change({...})` sets some of it: another question begins at its first page. `close()`. */
export const useConnectionsView = () => {
  const [params, setParams] = useSearchParams();
  const given = (name) => params.get(name) ?? '';
  const view = {
    state: given('state') === 'closed' ? 'closed' : 'open',
    sort: isConnectionSort(given('sort')) ? given('sort') : usualSort,
    q: given('q'),
    after: given('after'),
    conn: given('conn'),
  };
  const set = useCallback((changes) => setParams((old) => changed(old, changes), { replace: true, preventScrollReset: true }), [setParams]);
  const change = useCallback((changes) => set('conn' in changes ? changes : { after: '', conn: '', ...changes }), [set]);
  const close = useCallback(() => set(Object.fromEntries([...names, 'panel'].map((name) => [name, '']))), [set]);
  return [view, change, close];
};
