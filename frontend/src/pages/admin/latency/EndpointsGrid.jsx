import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useHistogram } from '../../../api/latency.js';
import styles from '../../../components/admin/latency.module.css';
import { LatencyTable } from '../../../components/admin/LatencyTable.jsx';
import { useHeldPlaces } from '../../../hooks/useHeldOrder.js';
import { useInside } from '../../../hooks/useInside.js';
import { endpointId, endpointOf } from '../../../lib/endpointId.js';
import { hourStarts } from '../../../lib/hours.js';
import { comparedWords, sortWords } from '../../../lib/latencyWords.js';
import { usePreference } from '../../../lib/preferences.js';
import { usePhone } from '../../../lib/usePhone.js';
import { OpenEndpoint } from './OpenEndpoint.jsx';

const phoneColumns = ['p95', 'p99'];
const columnsOf = (compares) => ['service', 'p50', 'p95', 'p99', 'count', ...(compares ? ['change'] : []), 'hours'];

/** The endpoint that the address opens, when the list does not hold it: it stands above the others. */
const useOpened = (endpoints, view) => {
  const named = useMemo(() => endpointOf(view.open), [view.open]);
  const listed = endpoints.some((latency) => endpointId(latency) === view.open);
  const wanted = Boolean(named) && !listed;
  const { data } = useHistogram({ ...named, window: view.window, compare: view.compare }, wanted);
  return wanted && data ? [data.latency] : [];
};

/** The table of endpoints: its order rests while the pointer or the focus is inside. */
export const EndpointsGrid = ({ endpoints, more, summary, view, change }) => {
  const zone = usePreference('zone');
  const phone = usePhone();
  const [inside, handlers] = useInside();
  const wanted = [...useOpened(endpoints, view), ...endpoints];
  const wish = [view.sort, view.range, view.scope, view.service, view.q, view.compare].join(' ');
  const { shown, changed, update } = useHeldPlaces(wanted, inside, { wish, id: endpointId });
  const hours = useMemo(() => hourStarts(summary.to_at), [summary.to_at]);
  const columns = useMemo(() => (phone ? phoneColumns : columnsOf(view.canCompare)), [phone, view.canCompare]);
  const toggled = useRef('');
  const toggle = useCallback(
    (latency) => {
      toggled.current = endpointId(latency);
      change({ open: toggled.current === view.open ? '' : toggled.current });
    },
    [change, view.open],
  );
  const openIsShown = shown.some((latency) => endpointId(latency) === view.open);
  useEffect(() => {
    const byLink = openIsShown && toggled.current !== view.open; // who clicked on the row sees it already
    if (byLink) document.querySelector('[data-detail]')?.scrollIntoView({ block: 'center' });
  }, [openIsShown, view.open]);
  const changeTitle = `${sortWords[view.sort === 'change' || view.sort === 'count' ? 'p99' : view.sort]} change`;
  const lacks = view.canCompare && shown.every(({ compared_p99_by_hour: hours }) => !hours?.some((p99) => p99 !== null));
  return (
    <>
      {changed && <div className={styles.order}><button type="button" onClick={update}>Order changed, update</button></div>}
      <LatencyTable
        label="Latency by endpoint"
        endpoints={shown}
        columns={columns}
        thresholds={summary.thresholds_ms}
        compare={view.canCompare ? view.compare : 'none'}
        hours={hours}
        zone={zone}
        sort={view.sort}
        onSort={(sort) => change({ sort })}
        titles={{ change: changeTitle }}
        open={view.open}
        onToggle={toggle}
        inside={handlers}
        hint={lacks ? `There is too little data of ${comparedWords[view.compare]} to compare with.` : undefined}
        renderOpen={(latency, pointed) => <OpenEndpoint latency={latency} view={view} zone={zone} thresholds={summary.thresholds_ms} {...pointed} />}
      />
      {more}
    </>
  );
};
