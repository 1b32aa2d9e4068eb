import { useState } from 'react';

const sameIds = (a, b) => a.length === b.length && a.every((id, at) => id === b[at]);

/** Things in an order that does not change under the cursor: while `held`, the old order stays and what is new comes last. */
export const useHeldOrder = (wanted, held) => {
  const wish = wanted.map(({ id }) => id);
  const [kept, setKept] = useState(wish);
  if (!held && !sameIds(kept, wish)) setKept(wish);
  if (!held) return wanted;
  const byId = new Map(wanted.map((thing) => [thing.id, thing]));
  const ids = [...new Set([...kept, ...wish])];
  return ids.flatMap((id) => byId.get(id) ?? []);
};
