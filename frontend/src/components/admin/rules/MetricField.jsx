import { Autocomplete } from '@mantine/core';
import { plural } from '../../../lib/formatNumber.js';
import styles from './rules.module.css';

const origins = { health: 'Health', latency: 'Latency', ws: 'WebSockets', pipeline: 'Pipeline', process: 'Belfry’s processes', sampled: 'Sent by other services' };
const grouped = (metrics) => Object.entries(origins).map(([origin, group]) => ({ group, items: metrics.filter((metric) => metric.origin === origin).map(({ name }) => name) })).filter(({ items }) => items.length);

/** Every word of the search is in the name or the title. */
const isMeant = (metric, words) => words.every((word) => `${metric.name} ${metric.title}`.toLowerCase().includes(word));

const filterBy = (byName, chosen) => ({ options, search }) => {
  const words = search === chosen ? [] : search.toLowerCase().split(/\s+/).filter(Boolean);
  return options.map((group) => ({ ...group, items: group.items.filter(({ value }) => isMeant(byName.get(value), words)) })).filter(({ items }) => items.length);
};

const Option = ({ metric }) => (
  <span className={styles.option}>
    <b className="mono">{metric.name}</b>
    <span className="small dim">{metric.series ? `${metric.series} series` : 'not measured yet'}{metric.unit && `, ${metric.unit}`}</span>
    <span className="small mid">{metric.title !== metric.name && metric.title}</span>
  </span>
);

const about = (metric) => [metric.title !== metric.name && metric.title, metric.series !== undefined && plural(metric.series, 'series', 'series')].filter(Boolean).join(', ');

/** A metric of the catalogue, found by name or title; one that nobody has measured yet can be typed. */
export const MetricField = ({ metrics, value, onChange, metric, error, warning }) => {
  const byName = new Map(metrics.map((one) => [one.name, one]));
  return (
    <Autocomplete label="Metric" title={metric.description || undefined} placeholder="Search, for example p99" data={grouped(metrics)} filter={filterBy(byName, value)} renderOption={({ option }) => <Option metric={byName.get(option.value)} />}
      maxDropdownHeight={320} comboboxProps={{ width: 360, position: 'bottom-start' }} classNames={{ input: styles.mono }} value={value} onChange={onChange} error={error} description={warning || about(metric) || undefined}
      inputWrapperOrder={['label', 'input', 'error', 'description']} spellCheck={false} onFocus={(event) => event.currentTarget.select()} />
  );
};
