import { useCallback, useState } from 'react';
import { useTestRule } from '../api/alertRules.js';

/** Samples that were sent, by rule id: `{at, sent: [{channel, result | problem | null while it is on its way}]}`; with
    `send(id, channels)` and `forget(id)`. */
export const useRuleTests = () => {
  const [tests, setTests] = useState({});
  const { mutateAsync } = useTestRule();

  const note = useCallback((id, channel, outcome) => {
    setTests((all) => (all[id] ? { ...all, [id]: { ...all[id], sent: all[id].sent.map((one) => (one.channel === channel ? { channel, ...outcome } : one)) } } : all));
  }, []);
  const sendOne = useCallback(
    async (id, channel) => {
      try {
        note(id, channel, { result: await mutateAsync({ id, channel }) });
      } catch (problem) {
        note(id, channel, { problem });
      }
    },
    [mutateAsync, note],
  );
  const send = useCallback(
    (id, channels) => {
      setTests((all) => ({ ...all, [id]: { at: Date.now(), sent: channels.map((channel) => ({ channel })) } }));
      channels.forEach((channel) => sendOne(id, channel));
    },
    [sendOne],
  );
  const forget = useCallback((id) => setTests((all) => Object.fromEntries(Object.entries(all).filter(([one]) => one !== id))), []);
  return { tests, send, forget };
};
