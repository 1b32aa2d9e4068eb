import { useEffect, useRef } from 'react';
import { announce } from '../lib/announce.js';
import { incidentChanges } from '../lib/incidentChanges.js';

/** Says through the live region which incidents opened and which are over. */
export const useIncidentAnnouncements = (incidents) => {
  const told = useRef(null);
  useEffect(() => {
    if (!incidents) return;
    if (told.current) incidentChanges(told.current, incidents).forEach(announce);
    told.current = incidents;
  }, [incidents]);
};
