import { useCallback, useEffect, useRef, useState } from 'react';
import { useDisconnect } from '../api/websocket.js';
import { announce } from '../lib/announce.js';
import { plural } from '../lib/formatNumber.js';

const toldMs = 10_000;

/** Connections that are closed from here: `closings`: id -> 'closing' or 'closed', for ten seconds more; `disconnect({id,
    user or client_ip, reason})` answers what the gateway said, or throws its Problem. */
export const useClosings = () => {
  const [closings, setClosings] = useState(new Map());
  const timers = useRef([]);
  const { mutateAsync } = useDisconnect();
  useEffect(() => () => timers.current.forEach(clearTimeout), []);

  const note = useCallback((ids, phase) => {
    setClosings((old) => {
      const next = new Map(old);
      ids.forEach((id) => (phase ? next.set(id, phase) : next.delete(id)));
      return next;
    });
  }, []);

  const disconnect = useCallback(
    async (whose) => {
      const asked = whose.id ? [whose.id] : [];
      note(asked, 'closing');
      try {
        const answer = await mutateAsync(whose);
        note(answer.connection_ids, 'closed');
        timers.current.push(setTimeout(() => note(answer.connection_ids, null), toldMs));
        announce(`${plural(answer.closed, 'connection')} closed.`);
        return answer;
      } catch (problem) {
        note(asked, null);
        throw problem;
      }
    },
    [mutateAsync, note],
  );
  return [closings, disconnect];
};
