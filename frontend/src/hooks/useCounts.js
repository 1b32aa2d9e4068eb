import { useCallback } from 'react';
import { useBoard } from '../api/health.js';
import { agedServices } from '../lib/agedServices.js';
import { useNow } from '../lib/clock.js';
import { tally } from '../lib/status.js';

const none = tally([]);
const stepSeconds = 5;

/** How many services are drawn with each status. Who uses it is drawn again only when a number changes. */
export const useCounts = () => {
  const now = useNow(stepSeconds);
  const select = useCallback(({ services }) => tally(agedServices(services, now)), [now]);
  return useBoard({ select }).data ?? none;
};
