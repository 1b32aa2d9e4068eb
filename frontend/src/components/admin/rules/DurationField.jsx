import { NumberInput } from '@mantine/core';
import { useState } from 'react';
import styles from './rules.module.css';

const units = [['s', 1], ['min', 60], ['h', 3600]];
const sizes = Object.fromEntries(units);
const unitOf = (seconds) => (seconds && seconds % 3600 === 0 ? 'h' : seconds % 60 === 0 ? 'min' : 's');

/** A stretch of time in the unit that reads best; `value` and `onChange` are seconds. */
export const DurationField = ({ label, value, onChange, ...input }) => {
  const [unit, setUnit] = useState(() => unitOf(value));
  const shown = value % sizes[unit] && unit !== 's' ? unitOf(value) : unit; // set from elsewhere
  return (
    <NumberInput
      {...input}
      label={label}
      hideControls
      min={0}
      allowNegative={false}
      value={value / sizes[shown]}
      onChange={(next) => onChange(next === '' ? 0 : Math.round(Number(next) * sizes[shown] * 1000) / 1000)}
      rightSectionWidth={62}
      rightSection={
        <select className={styles.unit} aria-label={`${label}, unit`} value={shown} onChange={(event) => { setUnit(event.currentTarget.value); onChange((value / sizes[shown]) * sizes[event.currentTarget.value]); }}>
          {units.map(([one]) => <option key={one}>{one}</option>)}
        </select>
      }
    />
  );
};
