import { useRef, useState } from 'react';
import { hoursShown } from './hours.js';

const clamp = (at) => Math.min(Math.max(at, 0), hoursShown - 1);
const hourUnder = ({ clientX }, { left, width }) => clamp(Math.floor(((clientX - left) / width) * hoursShown));
const ordered = ({ from, to }) => [Math.min(from, to), Math.max(from, to)];

/**
 * Choosing hours from strips of 24: by dragging over one (any element with `data-strip`; with `data-pick` a press will do),
 * or with Shift and the arrows. `onPick(first, last)`: hours were chosen, by their index. `picked`: those chosen before,
 * `[first, last]` or null. Answers what is chosen now (`chosen`, the same), whether that is still going on (`choosing`),
 * the handlers of the pointer, and `onKey(event, hour)` for a key on an hour: true when it was meant for this.
 */
export const useHourBrush = (onPick, picked) => {
  const [shown, show] = useState(null);
  const drag = useRef(null); // what the next event goes by: it may come before the last one is drawn
  const dragged = useRef(false);

  const set = (next) => {
    drag.current = next;
    show(next);
  };
  const pick = () => {
    const hours = ordered(drag.current);
    set(null);
    onPick(...hours);
  };

  const pointer = {
    onPointerDown: (event) => {
      const strip = event.target.closest('[data-strip]');
      dragged.current = false;
      if (!strip || event.button > 0) return;
      const box = strip.getBoundingClientRect();
      const from = hourUnder(event, box);
      set({ from, to: from, box, moved: 'pick' in strip.dataset });
    },
    onPointerMove: (event) => {
      if (!drag.current?.box) return;
      const to = hourUnder(event, drag.current.box);
      if (to === drag.current.to) return;
      event.currentTarget.setPointerCapture?.(event.pointerId);
      dragged.current = true;
      set({ ...drag.current, to, moved: true });
    },
    onPointerUp: () => {
      if (!drag.current?.box) return;
      if (drag.current.moved) pick();
      else set(null);
    },
    onPointerCancel: () => set(null),
    onClickCapture: (event) => dragged.current && event.stopPropagation(), // the end of a drag is no click on a row
  };

  const onKey = ({ key, shiftKey }, hour) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (by && shiftKey && hour >= 0) {
      set({ from: drag.current?.from ?? hour, to: clamp(hour + by), moved: true });
      return false; // the focus goes along
    }
    if (!drag.current || drag.current.box) return false;
    if (key === 'Enter') pick();
    else if (key !== 'Shift') set(null);
    return key === 'Enter' || key === 'Escape';
  };

  return { chosen: shown?.moved ? ordered(shown) : picked, choosing: Boolean(shown?.moved), pointer, onKey };
};
