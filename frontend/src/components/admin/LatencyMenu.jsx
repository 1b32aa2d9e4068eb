import { Menu } from '@mantine/core';
import { csv } from '../../lib/csv.js';
import { download } from '../../lib/download.js';
import { useCopy } from '../../lib/useCopy.js';
import { Icon } from '../Icon.jsx';
import styles from './latencyBar.module.css';

const columns = ['service', 'method', 'path', 'p50', 'p95', 'p99', 'count', 'error_rate_pct', 'max_ms', 'error_bound_pct', 'change_pct'];

/** An item that copies, and says at its place that it did. */
const CopyItem = ({ text, children }) => {
  const { state, copy } = useCopy();
  return <Menu.Item closeMenuOnClick={false} leftSection={<Icon name={state === 'Copied' ? 'check' : 'copy'} size={14} />} onClick={() => copy(text())}>{state || children}</Menu.Item>;
};

/** What else can be done with the table: `link()` is the address of this view, `endpoints` its rows. */
export const LatencyMenu = ({ endpoints, link }) => {
  const table = () => csv(columns, endpoints);
  return (
    <Menu position="bottom-end" width={210}>
      <Menu.Target><button type="button" className={styles.menu} aria-label="More about this table"><Icon name="dots" /></button></Menu.Target>
      <Menu.Dropdown>
        <CopyItem text={link}>Copy link</CopyItem>
        <CopyItem text={table}>Copy as CSV</CopyItem>
        <Menu.Item leftSection={<Icon name="download" size={14} />} onClick={() => download('latencies.csv', table())}>Download CSV</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
