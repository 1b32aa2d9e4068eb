import { useState } from 'react';

/** The rows as they stand, with what is known of them now; those that are no longer there stay, as `gone`. */
const held = (rows, fresh) => {
  const byId = new Map(fresh.map((row) => [row.id, row]));
  return rows.map((row) => byId.get(row.id) ?? { ...row, gone: true });
};

/** A page of rows that does not move under the cursor: while `hold`, each row keeps its place, none comes and none goes. A
    new `wish` (sort, search, page) is followed at once, and so is what comes to an empty page. `news`: how many rows wait; `update()` takes them. */
export const useHeldRows = (fresh, hold, wish) => {
  const [kept, setKept] = useState({ rows: fresh, fresh, wish });
  const follow = !hold || kept.wish !== wish || !kept.rows.length;
  const rows = follow ? fresh : kept.fresh === fresh ? kept.rows : held(kept.rows, fresh);
  if (rows !== kept.rows || fresh !== kept.fresh || wish !== kept.wish) setKept({ rows, fresh, wish });
  const shown = new Set(rows.map(({ id }) => id));
  return { rows, news: fresh.filter(({ id }) => !shown.has(id)).length, update: () => setKept({ rows: fresh, fresh, wish }) };
};
