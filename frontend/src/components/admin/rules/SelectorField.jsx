import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import { matcherText, matches, parseMatcher } from '../../../lib/matchers.js';
import { formatMetric } from '../../../lib/metricValue.js';
import { MetricSparkline } from '../../charts/MetricSparkline.jsx';
import styles from './rules.module.css';

const most = 3;
const order = ['label', 'input', 'error', 'description'];
const hint = 'label = value, != for all but, =~ and !~ for a pattern';

const suggestions = (labelValues = {}) => Object.entries(labelValues).flatMap(([label, values]) => values.map((value) => matcherText({ label, match: '=', value })));

const matchWords = (shown, total) => {
  if (shown === total) return total === 1 ? 'One series' : `All ${total} series`;
  return shown ? `${shown} of ${total} series` : `No series of ${total}`;
};

/** Which series of the metric the rule is about, as matchers, with how many there are and what the first ones say now.
    `series`: {series, total, label_values} of the metric. */
export const SelectorField = ({ value, onChange, series, unit, levels, error, warning }) => {
  const [fault, setFault] = useState('');
  const matched = (series?.series ?? []).filter(({ labels }) => matches(value, labels));
  const put = (texts) => {
    const parsed = texts.map(parseMatcher);
    setFault(parsed.includes(null) ? `Write ${hint}` : '');
    onChange(parsed.filter(Boolean));
  };
  const isPart = series && series.total > series.series.length;
  return (
    <div>
      <TagsInput label="Only for" placeholder={value.length ? '' : 'All, or service = checkout'} title={hint} data={suggestions(series?.label_values)} limit={50} value={value.map(matcherText)} onChange={put} error={fault || error} description={warning || undefined}
        inputWrapperOrder={order} classNames={{ pill: styles.pill, inputField: styles.tag }} comboboxProps={{ width: 360, position: 'bottom-end' }} maxTags={20} acceptValueOnBlur={false} />
      {series && series.total > 0 && (
        <div className={styles.series}>
          <p className="small dim">{matchWords(isPart && !value.length ? series.total : matched.length, series.total)}{isPart && value.length > 0 && ', of the first 200'}</p>
          <ul>
            {matched.slice(0, most).map((one) => (
              <li key={one.title + JSON.stringify(one.labels)}>
                <span className="trunc grow" title={one.title}>{one.title}</span>
                <MetricSparkline values={one.recent} />
                <b className="num">{formatMetric(one.value, unit, levels)}</b>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
};
