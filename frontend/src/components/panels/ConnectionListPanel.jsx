import { Drawer } from '@mantine/core';
import { useRef } from 'react';
import { useWsStats } from '../../api/websocket.js';
import { useConnectionsView } from '../../hooks/useConnectionsView.js';
import { useFilterText } from '../../hooks/useFilterText.js';
import { useShortcut } from '../../hooks/useShortcut.js';
import { formatCount, plural } from '../../lib/formatNumber.js';
import { usePhone } from '../../lib/usePhone.js';
import { ConnectionList } from './ConnectionList.jsx';
import { ConnectionToolbar } from './ConnectionToolbar.jsx';
import styles from './connections.module.css';
import { ErrorList } from './ErrorList.jsx';
import { NodeMeters } from './NodeMeters.jsx';

/** How many there are: it changes every second, and the rest of the panel does not. */
const Count = () => {
  const { data } = useWsStats();
  if (!data) return null;
  return <span className={`dim small num ${styles.beside}`}>{formatCount(data.active)}{data.max > 0 && ` of ${formatCount(data.max)}`} on {plural(data.nodes.length, 'node')}</span>;
};

/** Every WebSocket connection of the fleet, those that were closed lately, and the last errors. */
export const ConnectionListPanel = () => {
  const [view, change, close] = useConnectionsView();
  const [text, setText] = useFilterText(view.q, change);
  const filter = useRef(null);
  const phone = usePhone();
  useShortcut('/', () => filter.current.focus());
  return (
    <Drawer opened onClose={close} size={phone ? '100%' : 760} title={<>WebSocket connections<Count /></>} classNames={{ content: styles.content, body: styles.body }}>
      <NodeMeters />
      <ConnectionToolbar view={view} text={text} onText={setText} filterRef={filter} focused={!phone} onChange={change} />
      <ConnectionList view={view} change={change} />
      <ErrorList onPick={(q) => change({ q, state: 'open' })} />
    </Drawer>
  );
};
