import { useState } from 'react';
import { keepPlaces, sameGroups } from '../lib/groupServices.js';

/** Groups in a place that does not move under the cursor: while `held`, the order stays, what is gone goes and what is
    new comes last. A new `wish` (filter, sort) is followed at once. `changed`: another order waits; `update()` takes it. */
export const useHeldGroups = (wanted, { held, wish }) => {
  const [kept, setKept] = useState({ groups: wanted, wish });
  const follow = !held || kept.wish !== wish;
  if (follow && (kept.wish !== wish || !sameGroups(kept.groups, wanted))) setKept({ groups: wanted, wish });
  const groups = follow ? wanted : keepPlaces(kept.groups, wanted);
  const update = () => setKept({ groups: wanted, wish });
  return { groups, changed: !sameGroups(groups, wanted), update };
};
