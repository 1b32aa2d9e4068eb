import { useEffect, useRef } from 'react';
import { announce } from '../lib/announce.js';
import { boardChanges } from '../lib/boardChanges.js';

/** Says through the live region what changed since the last board. */
export const useBoardAnnouncements = (services) => {
  const before = useRef(null);
  useEffect(() => {
    if (!services) return;
    if (before.current) boardChanges(before.current, services).forEach(announce);
    before.current = services;
  }, [services]);
};
