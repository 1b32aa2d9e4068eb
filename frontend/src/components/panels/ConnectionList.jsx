import { Button } from '@mantine/core';
import { useState } from 'react';
import { useHasRole } from '../../api/session.js';
import { pageSize, statsSeconds, useConnections } from '../../api/websocket.js';
import { useClosings } from '../../hooks/useClosings.js';
import { useHeldRows } from '../../hooks/useHeldRows.js';
import { useInside } from '../../hooks/useInside.js';
import { useLately } from '../../hooks/useLately.js';
import { QueryNote, useAgedClass } from '../../hooks/QueryNote.jsx';
import { connection } from '../../lib/connection.js';
import { formatCount } from '../../lib/formatNumber.js';
import { listed } from '../../lib/sentences.js';
import { useStore } from '../../lib/store.js';
import { EmptyState } from '../EmptyState.jsx';
import { LoadFailed } from '../LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import { ClosedTable } from './ClosedTable.jsx';
import { ConnectionTable } from './ConnectionTable.jsx';
import styles from './connections.module.css';

const Scroll = ({ label, children }) => <div className={styles.scroll} role="region" tabIndex={0} aria-label={label}>{children}</div>;

const Empty = ({ view, onClear }) => {
  if (view.q) return <EmptyState title={`No ${view.state} connection matches "${view.q}".`} action={<Button size="sm" onClick={onClear}>Clear the search</Button>} />;
  return <EmptyState title={view.state === 'open' ? 'No connection is open.' : 'No connection was closed in the last 5 minutes.'} />;
};

const lostNodeMs = 10_000; // a node that restarts is back by then

/** `1 to 50 of 1,204`; of a page that was opened by a link, only how many there are. */
const placeWords = (count, total, before) => (before === null || !count ? `${formatCount(count)} of ${formatCount(total)}` : `${formatCount(before + 1)} to ${formatCount(before + count)} of ${formatCount(total)}`);

const Foot = ({ list, count, pages: { before, back, turn }, news = 0, onUpdate }) => (
  <footer className={styles.foot}>
    <span className="num">{list.total > 0 && placeWords(count, list.total, before)}{list.missing_nodes.length > 0 && <> Without those of {listed(list.missing_nodes)}: no answer.</>}</span>
    <span className="grow" />
    {news > 0 && <span className="nowrap">Order is held while you read. <button type="button" className="link" onClick={onUpdate}>{news} new</button></span>}
    {back !== null && <Button size="xs" onClick={() => turn(back)}>Back</Button>}
    {list.next_cursor && <Button size="xs" onClick={() => turn(list.next_cursor)}>Next</Button>}
  </footer>
);

/** Pages by their cursors, the first is ''. `before`: how many rows stand on those before this one, null when it was
    opened by a link; `back`: the one before it, null on the first; `turn(cursor)`. */
const usePages = (after, change) => {
  const [turned, setTurned] = useState(['']);
  const at = turned.indexOf(after);
  const turn = (cursor) => {
    if (at >= 0 && !turned.includes(cursor)) setTurned([...turned.slice(0, at + 1), cursor]);
    change({ after: cursor });
  };
  return { before: at < 0 ? null : at * pageSize, back: after ? (turned[at - 1] ?? '') : null, turn };
};

const byClosing = (a, b) => b.closed_at.localeCompare(a.closed_at);

const Open = ({ list, view, change, pages, loading }) => {
  const allowed = useHasRole('admin');
  const [inside, handlers] = useInside();
  const [closings, disconnect] = useClosings();
  const wish = loading ? 'what comes' : [view.sort, view.q, view.after].join(' ');
  const missing = list.missing_nodes;
  const lostNode = useLately(missing.join(), lostNodeMs);
  const { rows, news, update } = useHeldRows(list.connections, inside || lostNode || closings.size > 0, wish);
  const { id } = useStore(connection);
  return (
    <div className={styles.list} {...handlers}>
      <Scroll label="Connections, scrolls">
        {rows.length ? (
          <ConnectionTable rows={rows} sort={view.sort} onSort={(sort) => change({ sort })} openId={view.conn} ownId={id} closings={closings} missing={missing} allowed={allowed}
            onToggle={(one) => change({ conn: one === view.conn ? '' : one })} onDisconnect={disconnect} />
        ) : <Empty view={view} onClear={() => change({ q: '' })} />}
      </Scroll>
      <Foot list={list} count={rows.length} pages={pages} news={news} onUpdate={update} />
    </div>
  );
};

const Closed = ({ list, view, change, pages }) => (
  <>
    <Scroll label="Closed connections, scrolls">
      {list.connections.length ? <ClosedTable rows={list.connections.toSorted(byClosing)} /> : <Empty view={view} onClear={() => change({ q: '' })} />}
    </Scroll>
    <Foot list={list} count={list.connections.length} pages={pages} />
  </>
);

/** A page of connections as the server sorted and filtered it, with its states. */
export const ConnectionList = ({ view, change }) => {
  const query = useConnections({ state: view.state, sort: view.sort, search: view.q, cursor: view.after });
  const aged = useAgedClass(query, statsSeconds);
  const pages = usePages(view.after, change);
  const List = view.state === 'open' ? Open : Closed;
  const settled = () => (query.data ? <List list={query.data} view={view} change={change} pages={pages} loading={query.isPlaceholderData} /> : <LoadFailed problem={query.error} what="the connections" onRetry={query.refetch} />);
  return (
    <div className={`${styles.list} ${aged}`}>
      <QueryNote query={query} every={statsSeconds} />
      <Skeleton loading={query.isPending} label="Loading the connections" then={settled}><SkeletonRows rows={8} height={46} /></Skeleton>
    </div>
  );
};
