import { useState } from 'react';
import { moveTo, neededMoves, sameOrder } from '../lib/orderMoves.js';

const idsOf = ({ steps }) => steps.map(({ id }) => id);

/**
 * The order as it is shown, with moves that are not saved yet. It follows what is saved, but neither under the pointer
 * (`held`) nor under moves: then `behind` is true, and `follow()` takes the saved order. `base`: the `{revision, order}`
 * that the moves start from; `rebase(base, order)`: go on from another one.
 */
export const useOrderDraft = (pipeline, held) => {
  const latest = { revision: pipeline.revision, order: idsOf(pipeline) };
  const [base, setBase] = useState(latest);
  const [moved, setMoved] = useState(null);
  const [touched, setTouched] = useState([]); // which of two neighbours was moved past the other only the hand knows

  const sameSteps = sameOrder(base.order, latest.order); // of a revision that moved nothing it makes no difference
  const rebase = (start, order) => {
    setBase(start);
    const differs = order && !sameOrder(order, start.order);
    setMoved(differs ? order : null);
    if (!differs) setTouched([]);
  };
  const isSaved = moved && sameOrder(moved, latest.order); // also when the answer to saving it was lost
  if (isSaved) rebase(latest, null);
  else if (base.revision !== latest.revision && (sameSteps || (!moved && !held))) setBase(latest);

  const order = moved ?? base.order;
  return {
    order,
    base,
    moves: moved ? neededMoves(base.order, moved, touched) : [],
    behind: base.revision !== latest.revision && !sameSteps,
    move: (id, index) => {
      rebase(base, moveTo(order, id, index));
      setTouched((ids) => [...ids.filter((one) => one !== id), id]);
    },
    discard: () => rebase(base, null),
    follow: () => rebase(latest, null),
    rebase,
  };
};
