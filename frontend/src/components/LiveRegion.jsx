import { announced } from '../lib/announce.js';
import { useStore } from '../lib/store.js';

/** The one polite live region of the app; `announce()` speaks through it. */
export const LiveRegion = () => (
  <div className="visually-hidden" aria-live="polite" aria-atomic="true">
    {useStore(announced)}
  </div>
);
