import { useState } from 'react';

const sameIds = (a, b) => a.length === b.length && a.every((id, at) => id === b[at]);
const idOf = ({ id }) => id;

/** Things in a place that does not move under the cursor: while `held`, the old order stays and what is new comes last.
    A new `wish` (sort, filter) is followed at once. `changed`: another order waits; `update()` takes it. */
export const useHeldPlaces = (wanted, held, { wish = '', id = idOf } = {}) => {
  const ids = wanted.map(id);
  const [kept, setKept] = useState({ ids, wish });
  const follow = !held || kept.wish !== wish;
  if (follow && (kept.wish !== wish || !sameIds(kept.ids, ids))) setKept({ ids, wish });
  const byId = new Map(wanted.map((thing) => [id(thing), thing]));
  const shown = follow ? wanted : [...new Set([...kept.ids, ...ids])].flatMap((one) => byId.get(one) ?? []);
  const update = () => setKept({ ids, wish });
  return { shown, changed: !sameIds(shown.map(id), ids), update };
};

/** The things alone, in that order. */
export const useHeldOrder = (wanted, held) => useHeldPlaces(wanted, held).shown;
