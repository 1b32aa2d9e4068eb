import { useEffect, useState } from 'react';

/** Whether `value` (text) is new: true from when it comes until `ms` later; never while it is empty. */
export const useLately = (value, ms) => {
  const [old, setOld] = useState('');
  useEffect(() => {
    if (!value) return undefined;
    const timer = setTimeout(() => setOld(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return Boolean(value) && value !== old;
};
