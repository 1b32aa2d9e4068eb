import { useEffect, useEffectEvent } from 'react';
import { registerShortcut } from '../lib/shortcuts.js';

/** Runs `action` on a key (`c`, `?`, `g h`) while mounted; the latest to register wins. See lib/shortcuts.js for the sheet. */
export const useShortcut = (keys, action, enabled = true) => {
  const run = useEffectEvent(action);
  useEffect(() => (enabled ? registerShortcut(keys, (event) => run(event)) : undefined), [keys, enabled]);
};
