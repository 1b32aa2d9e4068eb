import { lazy, Suspense } from 'react';
import { Link, useSearchParams } from 'react-router';
import { statsSeconds, useWsRates, useWsStats } from '../../api/websocket.js';
import { QueryCard } from '../../hooks/QueryCard.jsx';
import { useAgedClass } from '../../hooks/QueryNote.jsx';
import { usePanelLink } from '../../hooks/useConnectionsView.js';
import { plural } from '../../lib/formatNumber.js';
import { usePreference } from '../../lib/preferences.js';
import { listed } from '../../lib/sentences.js';
import { ConnectionPoolMeter } from '../charts/ConnectionPoolMeter.jsx';
import { MessageRateChart } from '../charts/MessageRateChart.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './websocket.module.css';

const ConnectionListPanel = lazy(async () => ({ default: (await import('../panels/ConnectionListPanel.jsx')).ConnectionListPanel }));

const Missing = ({ nodes }) => (
  <p className={`small ${styles.missing}`}>
    <StatusShape status="unknown" size={12} />
    <span className="grow">{listed(nodes)} did not answer: {nodes.length === 1 ? 'its' : 'their'} connections are not counted.</span>
  </p>
);

const Lagging = ({ count, link }) => (
  <p className={`small ${styles.missing} t-degraded`}>
    <StatusShape status="degraded" size={12} />
    <Link className="grow" to={link}>{plural(count, 'client reads', 'clients read')} too slowly</Link>
  </p>
);

const Body = ({ stats, points, zone, lagLink }) => (
  <div className={styles.body}>
    <ConnectionPoolMeter active={stats.active} max={stats.max} alertPct={stats.alert_pct} label="Connection pool" />
    {stats.missing_nodes.length > 0 && <Missing nodes={stats.missing_nodes} />}
    {stats.lagging > 0 && <Lagging count={stats.lagging} link={lagLink} />}
    <MessageRateChart points={points} rates={{ sent: stats.msg_out_rate, received: stats.msg_in_rate, errors: stats.error_rate }} zone={zone} />
  </div>
);

/** How many WebSocket connections are open, and how many messages a second go through them. Live, else asked for every
    5 s. The panel with every connection opens over the page (`?panel=connections`). */
export const WebSocketStatusWidget = () => {
  const zone = usePreference('zone');
  const stats = useWsStats();
  const { data: rates } = useWsRates();
  const aged = useAgedClass(stats, statsSeconds);
  const link = usePanelLink();
  const open = useSearchParams()[0].get('panel') === 'connections';
  const nodes = stats.data?.nodes.length;
  return (
    <div className={aged}>
      <QueryCard
        id="websocket"
        title="WebSocket"
        what="the connections"
        beside={nodes > 0 && <span className="small dim">{plural(nodes, 'node')}</span>}
        aside={<Link className="link small" to={link()}>Connections</Link>}
        query={stats}
        every={statsSeconds}
        rows={6}
        rowHeight={32}
      >
        {(data) => <Body stats={data} points={rates?.points ?? []} zone={zone} lagLink={link({ sort: '-pending_bytes' })} />}
      </QueryCard>
      {open && <Suspense><ConnectionListPanel /></Suspense>}
    </div>
  );
};
