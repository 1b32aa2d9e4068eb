import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { placesOf } from '../../lib/pipelineOrder.js';
import { boundWords, placeWords } from '../../lib/stepWords.js';
import { problemWords } from '../../lib/problem.js';
import { StatusShape } from '../StatusShape.jsx';
import { StepHandle } from './pipeline/StepHandle.jsx';
import { StepRow } from './pipeline/StepRow.jsx';
import styles from './pipeline/steps.module.css';

/** In the place of the lifted step: where it would be dropped, and why it goes no further. */
const Gap = ({ id, order, drag: { index, push } }) => (
  <span className={styles.gap} aria-hidden="true">
    Drop as step {placeWords(id, order, index).replace('place ', '')}
    {push && <span className={`mid trunc ${styles.push}`}>{boundWords(push)}: {push.reason}</span>}
  </span>
);

const Bound = ({ bound }) => (
  <span className={`${styles.why} ${styles[bound.side]}`} aria-hidden="true">
    <b className="strong">{boundWords(bound)}</b>
    <span className="mid">{bound.reason}</span>
  </span>
);

/** A switch that was refused: what stays as it is, and why. */
const Refused = ({ id, wish, onForget }) => (
  <div className={styles.refused} role="alert">
    <StatusShape status="down" size={14} />
    <span className="grow"><b className="strong">{id} stays {wish.wished ? 'off' : 'on'}.</b> {problemWords(wish.problem)}</span>
    <button type="button" className="link" onClick={() => onForget(id)}>Close</button>
  </div>
);

/**
 * One step of the pipeline as a row that can be dragged, switched and opened. `steps`, `order`: all of them as shown;
 * `drag`: set while this one is lifted; `forbidden`, `bound`: what it means for one that is; `wish`: a switch that is under
 * way or was refused; `distance`: how far it was moved, not saved yet.
 */
export const MiddlewareStep = ({ step, place, steps, order, drag, forbidden, bound, distance, wish, lit, canEdit, onLit, onMove, onToggle, onForget, onOpen }) => {
  const places = placesOf(step.id, order, steps);
  const movable = canEdit && places.from < places.to;
  const { setNodeRef, setActivatorNodeRef, attributes, listeners, transform, transition } = useSortable({ id: step.id, disabled: { draggable: !movable } });
  const style = { transform: CSS.Translate.toString(transform), transition };
  return (
    <div ref={setNodeRef} style={style} className={styles.item} data-step={step.id} data-dragging={drag ? true : undefined}>
      <StepRow
        step={step}
        place={place}
        steps={steps}
        places={places}
        canEdit={canEdit}
        forbidden={forbidden}
        bound={bound?.side}
        distance={distance}
        wish={wish}
        lit={lit}
        handle={canEdit && <StepHandle id={step.id} places={places} movable={movable} grip={{ ref: setActivatorNodeRef, ...attributes, ...listeners }} />}
        onLit={onLit}
        onMove={onMove}
        onToggle={onToggle}
        onOpen={onOpen}
      />
      {drag && <Gap id={step.id} order={order} drag={drag} />}
      {bound && <Bound bound={bound} />}
      {wish?.problem && <Refused id={step.id} wish={wish} onForget={onForget} />}
    </div>
  );
};
