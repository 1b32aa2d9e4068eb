import { useDeferredValue } from 'react';
import { useEndpoints } from '../../../api/latency.js';
import { endpointId } from '../../../lib/endpointId.js';
import { filterEndpoints, sortEndpoints } from '../../../lib/sortEndpoints.js';

/** The rows of the table: the busiest or the `listed` watched endpoints, sorted and filtered here, both at once; or all of
    them, sorted and searched by the server, in pages (`query`, else null). */
export const useEndpointRows = ({ summary, view, text, listed }) => {
  const { window, toAt, sort, compare, service } = view;
  const search = useDeferredValue(view.q);
  const query = useEndpoints({ window, toAt, sort: sort === 'change' ? 'p99' : sort, compare, service, search }, view.scope === 'all');
  if (view.scope === 'all') return { endpoints: query.data ?? [], query };
  const wanted = view.scope === 'top' ? summary.endpoints : summary.endpoints.filter((latency) => listed.includes(endpointId(latency)));
  return { endpoints: sortEndpoints(filterEndpoints(wanted, text), sort), query: null };
};
