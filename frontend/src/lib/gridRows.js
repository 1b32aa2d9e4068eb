const flush = (rows, line, open) => {
  if (line.length) rows.push({ key: `cards:${line[0]}`, type: 'cards', ids: line.splice(0) });
  rows.push(...open.splice(0).map((id) => ({ key: `open:${id}`, type: 'open', ids: [id] })));
};

/** `columns` closed cards a row. An open card takes a row of its own; the cards after it fill the line before it, so
    that no hole stays. */
const cardRows = (ids, columns, openIds) => {
  const rows = [];
  const line = [];
  const open = [];
  for (const id of ids) {
    (openIds.has(id) ? open : line).push(id);
    if (line.length === 0 || line.length === columns) flush(rows, line, open);
  }
  flush(rows, line, open);
  return rows;
};

/** The grid as a flat list of rows, so that any number of them can be drawn virtually: a heading for each group, and
    its cards unless it is folded. */
export const gridRows = (groups, { columns, openIds, isFolded }) =>
  groups.flatMap((group) => {
    const folded = isFolded(group);
    const heading = { key: `group:${group.name}`, type: 'group', group, folded, ids: [] };
    return folded ? [heading] : [heading, ...cardRows(group.ids, columns, openIds)];
  });
