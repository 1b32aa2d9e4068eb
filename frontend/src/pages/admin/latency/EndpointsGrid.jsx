import { Button } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useHistogram } from '../../../api/latency.js';
import styles from '../../../components/admin/latency.module.css';
import { LatencyTable } from '../../../components/admin/LatencyTable.jsx';
import { useHeldPlaces } from '../../../hooks/useHeldOrder.js';
import { useInside } from '../../../hooks/useInside.js';
import { announce } from '../../../lib/announce.js';
import { useNow } from '../../../lib/clock.js';
import { endpointId, endpointOf } from '../../../lib/endpointId.js';
import { stripQuantile } from '../../../lib/hourPoint.js';
import { hourMs, hourStarts, hoursWithin } from '../../../lib/hours.js';
import { rangeChange, spanWords } from '../../../lib/latencyRange.js';
import { comparedWords, sortWords } from '../../../lib/latencyWords.js';
import { usePhone } from '../../../lib/usePhone.js';
import { HourHistogram } from './HourHistogram.jsx';
import { OpenEndpoint } from './OpenEndpoint.jsx';

const phoneColumns = ['p95', 'p99'];
const columnsOf = (compares) => ['watch', 'service', 'p50', 'p95', 'p99', 'count', ...(compares ? ['change'] : []), 'hours'];
const sortsOf = ({ scope }) => ['p50', 'p95', 'p99', 'count', ...(scope === 'all' ? [] : ['change'])];

/** The endpoint that the address opens, when the list does not hold it: it stands above the others. */
const useOpened = (endpoints, view) => {
  const named = useMemo(() => endpointOf(view.open), [view.open]);
  const listed = endpoints.some((latency) => endpointId(latency) === view.open);
  const wanted = Boolean(named) && !listed;
  const { data } = useHistogram({ ...named, window: view.window, toAt: view.toAt, compare: view.compare }, wanted);
  return wanted && data ? [data.latency] : [];
};

/** The table of endpoints: its order rests while the pointer or the focus is inside, but follows what was asked for.
    `old`: the summary is that of another question. */
export const EndpointsGrid = ({ rows, summary, old, view, change, zone, own, onWatch, known }) => {
  const phone = usePhone();
  const now = useNow(60);
  const [inside, handlers] = useInside();
  const wanted = [...useOpened(rows.endpoints, view), ...rows.endpoints];
  const wish = [view.sort, view.range, view.from, view.to, view.scope, view.service, view.q, view.compare, old, rows.query?.isPlaceholderData].join(' ');
  const { shown, changed, update } = useHeldPlaces(wanted, inside, { wish, id: endpointId });
  const hours = useMemo(() => hourStarts(summary.hours_from_at), [summary.hours_from_at]);
  const columns = useMemo(() => (phone ? phoneColumns : columnsOf(view.compares)), [phone, view.compares]);
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
  const pick = (first, last) => {
    const [from, to] = [hours[first], hours[last] + hourMs];
    announce(`Shows ${spanWords(from, to, zone)}.`);
    change(rangeChange(from, to));
  };
  const quantile = stripQuantile(view.sort);
  const lacks = view.compares && shown.every((latency) => !latency[`compared_${quantile}_by_hour`]?.some((ms) => ms !== null));
  return (
    <>
      {changed && <div className={styles.order}><button type="button" onClick={update}>Order changed, update</button></div>}
      <LatencyTable
        label="Latency by endpoint"
        endpoints={shown}
        columns={columns}
        thresholds={summary.thresholds_ms}
        compare={view.compare}
        quantile={quantile}
        hours={hours}
        endsNow={hours.at(-1) + hourMs > now}
        zone={zone}
        sort={view.sort}
        sorts={sortsOf(view)}
        onSort={(sort) => change({ sort })}
        titles={{ change: `${sortWords[summary.sort]} change` }}
        open={view.open}
        onToggle={toggle}
        watched={own}
        onWatch={onWatch}
        picked={hoursWithin(hours, view.from, view.to)}
        onPick={pick}
        inside={handlers}
        hint={lacks ? `There is too little data of ${comparedWords[view.compare]} to compare with.` : undefined}
        renderHour={(latency, at) => <HourHistogram key={`${endpointId(latency)} ${at}`} latency={latency} at={at} thresholds={summary.thresholds_ms} />}
        renderOpen={(latency, pointed) => (
          <OpenEndpoint latency={latency} view={view} zone={zone} hours={hours} summary={summary} known={known} watched={own} onWatch={onWatch} phone={phone} change={change} {...pointed} />
        )}
      />
      {rows.query?.hasNextPage && (
        <div className={styles.more}><Button size="sm" loading={rows.query.isFetchingNextPage} onClick={() => rows.query.fetchNextPage()}>Show more</Button></div>
      )}
    </>
  );
};
