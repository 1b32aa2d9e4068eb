import { useDeferredValue, useMemo } from 'react';
import { agedServices } from '../../../lib/agedServices.js';
import { filterServices } from '../../../lib/filterServices.js';
import { groupServices } from '../../../lib/groupServices.js';
import { sortServices } from '../../../lib/sortServices.js';
import { tally } from '../../../lib/status.js';
import { useNow } from '../../../lib/clock.js';

const agingStepSeconds = 5;

/** The board as it is drawn: aged, filtered, sorted, grouped; counts are of all services. `text`: the filter as typed. */
export const useBoardView = (board, view, text) => {
  const now = useNow(agingStepSeconds);
  const words = useDeferredValue(text);
  const all = useMemo(() => agedServices(board.services, now, board.checking), [board, now]);
  const byId = useMemo(() => new Map(all.map((service) => [service.id, service])), [all]);
  const names = useMemo(() => new Map(all.map((service) => [service.id, service.name])), [all]);
  const counts = useMemo(() => tally(all), [all]);
  const statuses = view.status.join(',');
  const shown = useMemo(() => filterServices(all, { text: words, statuses: statuses.split(',').filter(Boolean) }), [all, words, statuses]);
  const sorted = useMemo(() => sortServices(shown, view.sort), [shown, view.sort]);
  const groups = useMemo(() => groupServices(sorted), [sorted]);
  return { all, byId, names, counts, sorted, groups, wish: `${words} ${statuses} ${view.sort}` };
};
