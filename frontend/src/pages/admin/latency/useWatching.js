import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { endpointId } from '../../../lib/endpointId.js';
import { unwatch, watchAll } from '../../../lib/watched.js';

/** Watches an endpoint, or no longer when it is watched already. `own`: ids of those watched now. */
export const useWatching = (user, own) =>
  useCallback(
    (latency) => {
      const id = endpointId(latency);
      if (own.includes(id)) unwatch(user, id);
      else if (!watchAll(user, [id])) notifications.show({ message: `There is no room for more than these ${own.length} watched endpoints. Take one of them off.` });
    },
    [user, own],
  );
