import { useRef, useState } from 'react';
import { hoursShown } from './hours.js';

const clamp = (at) => Math.min(Math.max(at, 0), hoursShown - 1);
const hourUnder = ({ clientX }, { left, width }) => clamp(Math.floor(((clientX - left) / width) * hoursShown));
const ordered = ({ from, to }) => [Math.min(from, to), Math.max(from, to)];

/**
 * Choosing hours from strips of 24: by dragging over one (any element with `data-strip`), or with Shift and the arrows.
 * `onPick(first, last)`: hours were chosen, by their index. `picked`: those chosen before, `[first, last]` or null.
 * Answers what is chosen now (`chosen`, `[first, last]` or null), whether that is still going on (`choosing`), the
 * handlers of the pointer, and `onKey(event, hour)` for a key on an hour: true when it was meant for this.
 */
export const useHourBrush = (onPick, picked) => {
  const [drag, setDrag] = useState(null);
  const dragged = useRef(false);

  const end = () => setDrag(null);
  const pick = () => {
    end();
    onPick(...ordered(drag));
  };

  const pointer = {
    onPointerDown: (event) => {
      dragged.current = false;
      const strip = event.target.closest('[data-strip]');
      if (!strip || event.button > 0) return;
      const box = strip.getBoundingClientRect();
      const from = hourUnder(event, box);
      setDrag({ from, to: from, box, moved: 'pick' in strip.dataset });
    },
    onPointerMove: (event) => {
      if (!drag?.box) return;
      const to = hourUnder(event, drag.box);
      if (to === drag.to) return;
      event.currentTarget.setPointerCapture?.(event.pointerId);
      dragged.current = true;
      setDrag({ ...drag, to, moved: true });
    },
    onPointerUp: () => (drag?.box && drag.moved ? pick() : drag?.box && end()),
    onPointerCancel: end,
    onClickCapture: (event) => dragged.current && event.stopPropagation(), // the end of a drag is no click on a row
  };

  const onKey = ({ key, shiftKey }, hour) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (by && shiftKey && hour >= 0) {
      setDrag({ from: drag?.from ?? hour, to: clamp(hour + by), moved: true });
      return false; // the focus goes along
    }
    if (!drag || drag.box) return false;
    if (key === 'Enter') pick();
    else if (key !== 'Shift') end();
    return key === 'Enter' || key === 'Escape';
  };

  return { chosen: drag?.moved ? ordered(drag) : picked, choosing: Boolean(drag?.moved), pointer, onKey };
};
