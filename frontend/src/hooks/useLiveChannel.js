import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { openLive } from '../api/live.js';

/** Keeps the live channel open while mounted. */
export const useLiveChannel = () => {
  const client = useQueryClient();
  useEffect(() => openLive(client), [client]);
};
