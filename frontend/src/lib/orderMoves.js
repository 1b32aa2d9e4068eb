/** An order is a list of step ids. */
export const sameOrder = (a, b) => a.length === b.length && a.every((id, at) => id === b[at]);

/** The order with one step at another index. */
export const moveTo = (order, id, index) => order.filter((one) => one !== id).toSpliced(index, 0, id);

/** The index of the first element that is not smaller. */
const firstNotSmaller = (sorted, value) => {
  const found = sorted.findIndex((one) => one >= value);
  return found < 0 ? sorted.length : found;
};

/** The indexes of a longest rising subsequence. */
const longestRising = (numbers) => {
  const ends = []; // the smallest number a rising sequence of each length can end with
  const at = []; // and its index
  const before = numbers.map((number, index) => {
    const length = firstNotSmaller(ends, number);
    ends[length] = number;
    at[length] = index;
    return length ? at[length - 1] : -1;
  });
  const found = new Set();
  for (let index = at.at(-1) ?? -1; index >= 0; index = before[index]) found.add(index);
  return found;
};

/** As few steps as possible that, taken out and put back elsewhere, make `after` of `before`; in the order of `after`. */
export const movedSteps = (before, after) => {
  const stay = longestRising(after.map((id) => before.indexOf(id)));
  return after.filter((_, index) => !stay.has(index));
};

const without = (order, ids) => order.filter((id) => !ids.includes(id));

/** Of the steps that someone took hold of those that explain how `before` became `after`; in the order of `after`. */
export const neededMoves = (before, after, touched) => {
  const explains = (ids) => sameOrder(without(before, ids), without(after, ids));
  if (!explains(touched)) return movedSteps(before, after);
  const needed = touched.reduce((ids, id) => (explains(without(ids, [id])) ? without(ids, [id]) : ids), touched);
  return after.filter((id) => needed.includes(id));
};

/** How far each moved step went: `{id: places}`, negative is up. */
export const distances = (before, after, moved = movedSteps(before, after)) => Object.fromEntries(moved.map((id) => [id, after.indexOf(id) - before.indexOf(id)]));

const sameMembers = (a, b) => a.length === b.length && a.every((id) => b.includes(id));

/** Their order with my moves: each step I moved goes right behind the one it follows in mine. Null when the three are not
    of the same steps. */
export const mergedOrder = (base, theirs, mine) => {
  if (!sameMembers(base, theirs) || !sameMembers(base, mine)) return null;
  const moved = movedSteps(base, mine);
  const rest = theirs.filter((id) => !moved.includes(id));
  return moved.reduce((merged, id) => {
    const place = mine.indexOf(id);
    return merged.toSpliced(place ? merged.indexOf(mine[place - 1]) + 1 : 0, 0, id);
  }, rest);
};
