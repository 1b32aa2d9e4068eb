import { Select, TextInput } from '@mantine/core';
import { compareWords } from '../../lib/latencyWords.js';
import { formatCount } from '../../lib/formatNumber.js';
import { Icon } from '../Icon.jsx';
import { Segments } from '../Segments.jsx';
import styles from './latencyBar.module.css';

/** Range, comparison, service, filter, and whether the busiest twenty or all endpoints are listed. */
export const LatencyToolbar = ({ view, ranges, services, total, text, onText, filterRef, onChange }) => (
  <div className={styles.bar}>
    <Segments label="Time range" value={view.range} choices={ranges} onChange={(range) => onChange({ range })} />
    <Segments label="Compare" value={view.compare} choices={Object.entries(compareWords)} onChange={(compare) => onChange({ compare, sort: '' })} />
    <Select className={styles.service} size="sm" aria-label="Service" placeholder="All services" data={services} value={view.service || null} searchable clearable
      onChange={(service) => onChange({ service: service ?? '' })} />
    <span className="grow" />
    <TextInput
      ref={filterRef}
      className={styles.filter}
      size="sm"
      type="search"
      aria-label="Filter endpoints"
      placeholder="Filter endpoints"
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && (text ? onText('') : event.currentTarget.blur())}
      leftSection={<Icon name="search" size={13} />}
      rightSection={text ? null : <kbd className="desk">/</kbd>}
    />
    <Segments label="Endpoints" value={view.scope} choices={[['top', 'Top 20'], ['all', total === undefined ? 'All' : `All ${formatCount(total)}`]]} onChange={(scope) => onChange({ scope, sort: '' })} />
  </div>
);
