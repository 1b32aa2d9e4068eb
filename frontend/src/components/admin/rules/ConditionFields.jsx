import { NativeSelect } from '@mantine/core';
import { isOrdered, isUpward, noDataPolicies, operators, severities } from '../../../lib/ruleWords.js';
import { capitalised } from '../../../lib/sentences.js';
import { DurationField } from './DurationField.jsx';
import { NumberField } from './NumberField.jsx';
import styles from './rules.module.css';

const options = (choices) => choices.map(([value, label]) => ({ value, label }));
const levelOptions = (levels, none) => [{ value: '', label: none }, ...Object.entries(levels).map(([word, value]) => ({ value: String(value), label: capitalised(word) }))];

/** A threshold: a number with its unit, or a word where values have words. `none`: what it means when it is left out. */
const Line = ({ metric, value, onChange, none = 'Choose', ...input }) => {
  if (!Object.keys(metric.levels).length) return <NumberField {...input} placeholder={none === 'Choose' ? undefined : none} unit={metric.unit} value={value} onChange={onChange} />;
  return <NativeSelect {...input} data={levelOptions(metric.levels, none)} value={value == null ? '' : String(value)} onChange={(event) => onChange(event.currentTarget.value === '' ? null : Number(event.currentTarget.value))} />;
};

/** When the rule fires. `field(name)`: value, change and the server's words of a field. */
export const FiresFields = ({ draft, set, field, metric }) => (
  <div className={styles.three}>
    <NativeSelect {...field('operator')} label="Fires when it is" data={options(operators)} value={draft.operator}
      onChange={({ currentTarget: { value } }) => set({ operator: value, ...(isOrdered(value) ? {} : { recovery_threshold: null, critical_threshold: null }) })} />
    <Line {...field('threshold')} label="Threshold" required withAsterisk={false} metric={metric} value={draft.threshold} onChange={(threshold) => set({ threshold })} />
    <DurationField {...field('duration')} label="For at least" value={draft.duration} onChange={(duration) => set({ duration })} />
  </div>
);

/** When it is over, and how much it takes to be sure. */
export const RecoversFields = ({ draft, set, field, metric }) => (
  <div className={styles.three}>
    {isOrdered(draft.operator) && <Line {...field('recovery_threshold')} label={isUpward(draft.operator) ? 'Recovers below' : 'Recovers above'} none="as it fires" metric={metric} value={draft.recovery_threshold} onChange={(next) => set({ recovery_threshold: next })} />}
    <DurationField {...field('keep_firing_for_seconds')} label="Keep firing" value={draft.keep_firing_for_seconds} onChange={(next) => set({ keep_firing_for_seconds: next })} />
    {(metric.is_counted || draft.min_samples > 0) && <NumberField {...field('min_samples')} label="At least" unit="requests" min={0} allowDecimal={false} value={draft.min_samples} onChange={(next) => set({ min_samples: next ?? 0 })} />}
  </div>
);

export const GravityFields = ({ draft, set, field, metric }) => {
  const raises = isOrdered(draft.operator) && draft.severity !== 'critical';
  return (
    <div className={raises ? `${styles.three} ${styles.gravity}` : styles.two}>
      <NativeSelect {...field('no_data')} label="Without data" data={options(noDataPolicies)} value={draft.no_data} onChange={(event) => set({ no_data: event.currentTarget.value })} />
      <NativeSelect {...field('severity')} label="Severity" data={options(severities)} value={draft.severity} onChange={({ currentTarget: { value } }) => set({ severity: value, ...(value === 'critical' ? { critical_threshold: null } : {}) })} />
      {raises && <Line {...field('critical_threshold')} label={isUpward(draft.operator) ? 'Critical above' : 'Critical below'} none="never" metric={metric} value={draft.critical_threshold} onChange={(next) => set({ critical_threshold: next })} />}
    </div>
  );
};
