import { distances } from './orderMoves.js';

/** How many steps stand first, and the same, in all orders. */
const sameStart = (orders) => {
  const [first] = orders;
  const differs = first.findIndex((id, at) => orders.some((order) => order[at] !== id));
  return differs < 0 ? first.length : differs;
};

const author = (id, theirs, mine) => (id in mine ? 'mine' : id in theirs ? 'theirs' : '');

/** The orders of a conflict as columns (`order`: mine, `moves`: the steps I moved), from the first place in which they differ: `{same, theirs, mine, both}`. A column is
    `[{id, place, by, distance}]`: `place` from 1, `by` is 'theirs' or 'mine' for who moved it so far. `both` is null when
    the two cannot be joined. */
export const conflictColumns = ({ base_order: base, current_order: current, merged_order: merged }, order, moves) => {
  const orders = [base, current, order, ...(merged ? [merged] : [])];
  const same = sameStart(orders);
  const [theirs, mine] = [distances(base, current), distances(base, order, moves)];
  const column = (ids, byThem, byMe) =>
    ids.slice(same).map((id, at) => ({ id, place: same + at + 1, by: author(id, byThem, byMe), distance: byMe[id] ?? byThem[id] ?? 0 }));
  return { same, theirs: column(current, theirs, {}), mine: column(order, {}, mine), both: merged && column(merged, theirs, mine) };
};

/** Two orders side by side, as `conflictColumns` gives them: what moved is marked on the later one. */
export const orderColumns = (before, after) => {
  const same = sameStart([before, after]);
  const moved = distances(before, after);
  const column = (ids, marks) => ids.slice(same).map((id, at) => ({ id, place: same + at + 1, by: id in marks ? 'mine' : '', distance: marks[id] ?? 0 }));
  return { same, before: column(before, {}), after: column(after, moved) };
};
