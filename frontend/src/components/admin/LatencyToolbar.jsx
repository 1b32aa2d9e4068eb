import { Select, TextInput } from '@mantine/core';
import { formatCount } from '../../lib/formatNumber.js';
import { rangeChange, ranges, spanWords } from '../../lib/latencyRange.js';
import { compareWords } from '../../lib/latencyWords.js';
import { Icon } from '../Icon.jsx';
import { Segments } from '../Segments.jsx';
import styles from './latencyBar.module.css';

/** The hours that were chosen, instead of a range that ends now; a press leaves them. */
const ChosenRange = ({ view, zone, onChange }) => (
  <button type="button" className={`chip ${styles.chosen}`} aria-pressed="true" aria-label={`${spanWords(view.from, view.to, zone)}, leave these hours`} onClick={() => onChange(rangeChange(null))}>
    <span className="num">{spanWords(view.from, view.to, zone)}</span>
    <Icon name="close" size={12} />
  </button>
);

const scopesOf = (total, watched) => [
  ['top', 'Top 20'],
  ['watched', watched ? `Watched ${watched}` : 'Watched'],
  ['all', total === undefined ? 'All' : `All ${formatCount(total)}`],
];

/** Range, comparison, service, filter, and whether the busiest twenty, the `watched` (how many) or all are listed. */
export const LatencyToolbar = ({ view, zone, services, total, watched, text, onText, filterRef, onChange, menu }) => (
  <div className={styles.bar}>
    <Segments label="Time range" value={view.from === null ? view.range : ''} choices={ranges} onChange={(range) => onChange({ range, ...rangeChange(null) })} />
    {view.from !== null && <ChosenRange view={view} zone={zone} onChange={onChange} />}
    <Segments label="Compare" value={view.compare} choices={Object.entries(compareWords)} onChange={(compare) => onChange({ compare, sort: '' })} />
    <Select className={styles.service} size="sm" aria-label="Service" placeholder="All services" data={services} value={view.service || null} searchable clearable
      onChange={(service) => onChange({ service: service ?? '' })} />
    <div className={styles.right}>
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
      <Segments label="Endpoints" value={view.scope} choices={scopesOf(total, watched)} onChange={(scope) => onChange({ scope, sort: '' })} />
      {menu}
    </div>
  </div>
);
