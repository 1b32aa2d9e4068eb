import { NumberInput } from '@mantine/core';

/** A number with its unit, or none (null) where it is empty. */
export const NumberField = ({ value, onChange, unit = '', ...input }) => (
  <NumberInput {...input} hideControls autoComplete="off" value={value ?? ''} onChange={(next) => onChange(next === '' || next === '-' ? null : Number(next))}
    rightSection={unit ? <span className="small dim">{unit}</span> : undefined} rightSectionWidth={unit ? unit.length * 7 + 16 : undefined} />
);
