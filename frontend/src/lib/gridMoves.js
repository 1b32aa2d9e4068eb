const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], k: [-1, 0], j: [1, 0], PageUp: [-10, 0], PageDown: [10, 0] };

const sideways = (places, [row, column], by) => {
  const line = places.filter(([other]) => other === row);
  return line[line.findIndex(([, other]) => other === column) + by];
};

/** The cell of a row at this column; where the row has none there, the nearest before it. */
const inRow = (places, row, column) => {
  const line = places.filter(([other]) => other === row);
  return line.findLast(([, other]) => other <= column) ?? line[0];
};

const upOrDown = (places, [row, column], by) => {
  const rows = [...new Set(places.map(([other]) => other))];
  const at = Math.min(Math.max(rows.indexOf(row) + by, 0), rows.length - 1);
  return inRow(places, rows[at], column);
};

const toEdge = (places, [row], { key, ctrlKey }) => {
  const line = ctrlKey ? places : places.filter(([other]) => other === row);
  return key === 'Home' ? line[0] : line.at(-1);
};

/** Where a key leads from `[row, column]` among the cells of a grid (`places`, in reading order); undefined: nowhere. */
export const nextPlace = (places, from, event) => {
  if (event.key === 'Home' || event.key === 'End') return toEdge(places, from, event);
  const step = steps[event.key];
  if (!step) return undefined;
  return step[0] ? upOrDown(places, from, step[0]) : sideways(places, from, step[1]);
};
