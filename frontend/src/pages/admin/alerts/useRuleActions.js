import { useMemo } from 'react';

/** What the buttons and menus of rules do. Where it leads is in the address. */
export const useRuleActions = ({ change, switches: { toggle }, tests: { send, forget } }) =>
  useMemo(
    () => ({
      open: (id) => change({ rule: id, from: '', new: '', panel: '', service: '', method: '', route: '' }),
      close: () => change({ rule: '', from: '', new: '', panel: '', service: '', method: '', route: '' }),
      create: () => change({ rule: 'new', from: '', panel: '' }),
      duplicate: (id) => change({ rule: 'new', from: id, panel: '' }),
      show: (panel, id) => change(id && id !== 'new' ? { panel, rule: id } : { panel }),
      hide: () => change({ panel: '' }),
      openChannel: (id) => change({ tab: 'channels', channel: id, rule: '', panel: '' }),
      test: ({ id, channels }) => send(id, channels),
      forgetTest: forget,
      toggle,
    }),
    [change, toggle, send, forget],
  );
