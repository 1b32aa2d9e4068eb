import { closestCenter, KeyboardSensor, PointerSensor, useSensor, useSensors } from '@dnd-kit/core';
import { useRef, useState } from 'react';
import { placesOf } from '../../../lib/pipelineOrder.js';
import { said } from '../../../lib/stepWords.js';

const pushPx = 8; // so far beyond the last place it is a push, not a tremble
const keySteps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
const liftedAfterPx = 3;

/** How far beyond its places a step is pushed: the end of them on that side, or null. */
const pushOf = ({ active, over, activatorEvent }, index, places) => {
  const lifted = active.rect.current.translated;
  if (!lifted || activatorEvent.type === 'keydown') return null;
  if (index === places.from && lifted.top < over.rect.top - pushPx) return places.above;
  if (index === places.to && lifted.top > over.rect.top + pushPx) return places.below;
  return null;
};

const instructions = {
  draggable: 'Space lifts the step, arrow up and arrow down move it to the places it may have, Home and End to the first and last of them, Space drops it, Escape puts it back.',
};

/**
 * Moving a step of a list by mouse, touch and keyboard, only to places it may have. `drag`: {id, places, index, push} while
 * one is lifted: `index` is where it would be dropped, `push` the end that it is pushed against. `blocked`: what to say when
 * a key leads nowhere. `context`: properties of DndContext.
 */
export const useStepDrag = (steps, onMove) => {
  const order = steps.map(({ id }) => id);
  const [drag, setDrag] = useState(null);
  const [blocked, setBlocked] = useState('');
  const keyed = useRef(null); // where keys have brought it: `over` follows a frame later, and the next key may be sooner
  const placesFor = (id) => placesOf(id, order, steps);
  const isAllowed = (id, index) => {
    const { from, to } = placesFor(id);
    return from <= index && index <= to;
  };

  const coordinateGetter = (event, { active: id, context: { droppableRects } }) => {
    const step = keySteps[event.code];
    if (!step) return undefined;
    event.preventDefault();
    const places = placesFor(id);
    const now = keyed.current ?? order.indexOf(id);
    const next = Math.min(places.to, Math.max(places.from, now + step));
    keyed.current = next;
    const end = step < 0 ? 'above' : 'below';
    setBlocked(next === now ? (places[end] ? said.blocked(places[end]) : said.end(end)) : '');
    setDrag((old) => old && { ...old, push: next === now ? places[end] : null });
    const rect = droppableRects.get(order[next]);
    return next === now || !rect ? undefined : { x: rect.left, y: rect.top };
  };

  const target = ({ active, over }) => keyed.current ?? order.indexOf(over?.id ?? active.id);

  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: liftedAfterPx } }), useSensor(KeyboardSensor, { coordinateGetter }));

  const follow = (event) => {
    if (!event.over || !drag) return;
    const index = order.indexOf(event.over.id);
    const push = pushOf(event, index, drag.places);
    if (index !== drag.index || push?.side !== drag.push?.side) setDrag({ ...drag, index, push });
  };
  const end = () => {
    setDrag(null);
    setBlocked('');
  };
  const context = {
    sensors,
    collisionDetection: (args) => closestCenter({ ...args, droppableContainers: args.droppableContainers.filter(({ id }) => isAllowed(args.active.id, order.indexOf(id))) }),
    modifiers: [({ transform }) => ({ ...transform, x: 0 })],
    onDragStart: ({ active: { id } }) => {
      keyed.current = null;
      setDrag({ id, places: placesFor(id), index: order.indexOf(id), push: null });
    },
    onDragOver: follow,
    onDragMove: follow,
    onDragEnd: (event) => {
      end();
      const { active: { id } } = event;
      if (target(event) !== order.indexOf(id)) onMove(id, target(event));
    },
    onDragCancel: end,
    accessibility: {
      screenReaderInstructions: instructions,
      announcements: {
        onDragStart: ({ active: { id } }) => said.lifted(id, order, placesFor(id)),
        onDragOver: ({ active, over }) => (over && drag && order.indexOf(over.id) !== drag.index ? said.over(active.id, order, order.indexOf(over.id)) : undefined),
        onDragEnd: (event) => {
          const { active: { id } } = event;
          return target(event) === order.indexOf(id) ? said.back(id, order) : said.dropped(id, order, target(event));
        },
        onDragCancel: ({ active }) => said.back(active.id, order),
      },
    },
  };
  return { drag, blocked, context, order };
};
