import { noteUsed } from '../lib/lastUsed.js';

/** One thing the palette can do; what was used lately comes first. */
export const action = (id, label, run, more = {}) => ({
  id,
  label,
  onClick: () => {
    noteUsed(id);
    run();
  },
  ...more,
});

export const hint = (keys) => keys && <kbd>{keys}</kbd>;
