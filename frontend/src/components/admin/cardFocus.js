import { useCallback } from 'react';

const retries = 10;
const steps = { ArrowLeft: -1, ArrowRight: 1, j: 1, k: -1 };
const leaps = { ArrowUp: -1, ArrowDown: 1 };

/** The card a key leads to from `id`, over the rows as drawn; undefined when the key is none of ours. */
export const gridStep = (rows, id, key) => {
  const ids = rows.flatMap((row) => row.ids);
  if (key === 'Home') return ids[0];
  if (key === 'End') return ids.at(-1);
  if (key in steps) return ids[ids.indexOf(id) + steps[key]] ?? id;
  if (!(key in leaps)) return undefined;
  const lines = rows.filter((row) => row.ids.length);
  const at = lines.findIndex((row) => row.ids.includes(id));
  const column = lines[at].ids.indexOf(id);
  const line = lines[at + leaps[key]];
  return line ? (line.ids[column] ?? line.ids.at(-1)) : id;
};

const targetOf = (id) => document.querySelector(`[data-grid] [data-card="${CSS.escape(id)}"]`);

/** Focuses a card's button; one that is not drawn yet is scrolled to first. */
export const useCardFocus = (rows, virtual) =>
  useCallback(
    (id) => {
      const attempt = (left) => {
        const target = targetOf(id);
        if (target) target.focus();
        else if (left > 0) requestAnimationFrame(() => attempt(left - 1));
      };
      if (!targetOf(id)) virtual.current?.scrollTo(rows.findIndex((row) => row.ids.includes(id)));
      attempt(retries);
    },
    [rows, virtual],
  );
