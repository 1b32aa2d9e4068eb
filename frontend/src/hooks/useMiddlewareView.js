import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

const number = (text) => (/^\d+$/.test(text ?? '') ? Number(text) : null);

const read = (params) => ({
  time: params.get('time') === 'p95' ? 'p95' : 'avg',
  panel: params.get('panel') ?? '',
  step: params.get('step') ?? '',
  tab: params.get('tab') ?? 'form',
  revision: number(params.get('revision')),
  against: number(params.get('against')),
  node: params.get('node') ?? '',
});

const usual = { time: 'avg', tab: 'form' };
const closed = { panel: '', step: '', tab: '', revision: '', against: '', node: '' };

/** All that the page shows is in its address: which time (`time`), and the dialog on top: `panel` settings with `step` and
    `tab`, diff or restore with `revision` and `against`, revisions, costs with `node`. `change({...})` sets some of it,
    `close()` the dialog away. */
export const useMiddlewareView = () => {
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
  const close = useCallback(() => change(closed), [change]);
  return [read(params), change, close];
};
