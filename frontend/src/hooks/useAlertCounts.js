import { useOpenIncidents } from '../api/incidents.js';
import { openCounts } from '../lib/incidentWords.js';

const none = { firing: 0, open: 0, held: 0 };

/** How many incidents fire and nobody has acknowledged, how many are open, and how many are held back. */
export const useAlertCounts = () => useOpenIncidents({ select: openCounts }).data ?? none;
