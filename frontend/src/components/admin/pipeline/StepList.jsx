import { defaultDropAnimationSideEffects, DndContext, DragOverlay } from '@dnd-kit/core';
import { SortableContext, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { useReducedMotion } from '@mantine/hooks';
import { createPortal } from 'react-dom';
import { distances } from '../../../lib/orderMoves.js';
import { MiddlewareStep } from '../MiddlewareStep.jsx';
import { StepRow } from './StepRow.jsx';
import { useStepDrag } from './useStepDrag.js';
import styles from './steps.module.css';

const heads = [
  ['', 'Move'], ['', 'Place'], ['', 'Step'], [styles.phaseHead, 'Phase'], [styles.number, 'Average'], [styles.number, 'P95'], [styles.number, 'Calls'],
  [styles.number, 'Answered'], ['', 'On'], ['', 'Settings'],
];
const unseen = new Set(['Move', 'Place', 'Settings']);

const Head = () => (
  <div role="row" className={styles.headRow}>
    {heads.map(([name, word]) => (
      <span key={word} role="columnheader" className={name} title={word === 'Answered' ? 'Requests that went no further: this step gave the answer' : undefined}>
        {unseen.has(word) ? <span className="visually-hidden">{word}</span> : word}
      </span>
    ))}
  </div>
);

/** A row while another may be lifted: its place, whether that is forbidden to the lifted one, and whether places end here. */
const lookOf = (index, drag, from) => {
  if (!drag || index === from) return { place: index + 1, forbidden: false, bound: null };
  const { places } = drag;
  const at = index - (index > from ? 1 : 0); // without the lifted one
  const place = at + (at >= drag.index ? 2 : 1);
  if (places.above && at === places.from - 1) return { place, forbidden: false, bound: places.above };
  if (places.below && at === places.to) return { place, forbidden: false, bound: places.below };
  return { place, forbidden: at < places.from || at >= places.to, bound: null };
};

const nothing = () => {};

/** A step let go flies to its place as a picture; what lies under the picture can be pressed at once. */
const landing = { sideEffects: defaultDropAnimationSideEffects({ className: { active: styles.awaiting, dragOverlay: styles.landing } }) };

/** The steps in running order, as a table whose rows can be moved. `base`: the saved order; `moves`: the steps that were moved; `row`: what every row is given. */
export const StepList = ({ steps, base, moves, canEdit, onMove, wishes, lit, onLit, ...row }) => {
  const { drag, blocked, context, order } = useStepDrag(steps, onMove);
  const calm = useReducedMotion();
  const moved = distances(base, order, moves);
  const from = drag ? order.indexOf(drag.id) : -1;
  const lifted = drag && steps[from];
  return (
    <DndContext {...context}>
      <div role="table" aria-label="Steps" className={styles.table}>
        <div role="rowgroup"><Head /></div>
        <SortableContext items={order} strategy={verticalListSortingStrategy}>
          <div role="rowgroup">
            {steps.map((step, index) => (
              <MiddlewareStep key={step.id} step={step} steps={steps} order={order} drag={drag?.id === step.id ? drag : null} {...lookOf(index, drag, from)} distance={moved[step.id] ?? 0} wish={wishes[step.id]} lit={(drag?.id ?? lit) === step.id} onLit={drag ? nothing : onLit} canEdit={canEdit} onMove={onMove} {...row} />
            ))}
          </div>
        </SortableContext>
      </div>
      <p className="visually-hidden" role="status">{blocked}</p>
      {createPortal(
        <DragOverlay dropAnimation={calm ? null : landing}>
          {lifted && <StepRow step={lifted} place={drag.index + 1} canEdit lifted />}
        </DragOverlay>,
        document.body,
      )}
    </DndContext>
  );
};
