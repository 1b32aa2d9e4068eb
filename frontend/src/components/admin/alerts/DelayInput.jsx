import { NumberInput } from '@mantine/core';

const secondsOf = { min: 60, s: 1 };

/** A span of time in minutes; in seconds where it is no whole number of minutes. `seconds`; `onChange(seconds)`. */
export const DelayInput = ({ seconds, onChange, min = 0, ...input }) => {
  const unit = seconds % 60 ? 's' : 'min';
  return (
    <NumberInput {...input} min={min / secondsOf[unit]} max={86_400 / secondsOf[unit]} suffix={` ${unit}`} value={seconds / secondsOf[unit]}
      onChange={(value) => onChange(Math.round((Number(value) || 0) * secondsOf[unit]))} />
  );
};
