import { useEffect, useRef } from 'react';
import { announce } from '../lib/announce.js';
import { boardChanges } from '../lib/boardChanges.js';

const settleMs = 500; // a change is heard before what it means for others is known

/** Says through the live region what changed since the last board. */
export const useBoardAnnouncements = (services) => {
  const told = useRef(null);
  const latest = useRef(null);
  const timer = useRef(null);
  useEffect(() => {
    if (!services) return;
    told.current ??= services;
    latest.current = services;
    timer.current ??= setTimeout(() => {
      timer.current = null;
      boardChanges(told.current, latest.current).forEach(announce);
      told.current = latest.current;
    }, settleMs);
  }, [services]);
  useEffect(() => () => clearTimeout(timer.current), []);
};
