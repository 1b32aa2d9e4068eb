import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

const tabs = ['rules', 'channels', 'escalation', 'silences'];
const names = ['q', 'state', 'from', 'channel', 'panel', 'new', 'service', 'method', 'route'];

const read = (params) => ({
  ...Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])),
  rule: params.get('rule') ?? (params.get('new') ? 'new' : ''),
  tab: tabs.includes(params.get('tab')) ? params.get('tab') : 'rules',
});

const usual = { tab: 'rules' };

/** All that the page shows is in its address: the tab, filter (`q`, `state`), the open `rule` or `channel` (an id or
    `new`), the dialog on top (`panel`), and what a new rule is about (`new`: its metric, `service`, `method`, `route`, or
    `from`: another rule). `change({...})` sets some of it; what is usual goes away. */
export const useAlertsView = () => {
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
  return [useMemo(() => read(params), [params]), change];
};
