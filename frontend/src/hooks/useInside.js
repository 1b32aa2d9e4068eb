import { useMemo, useState } from 'react';

/** Whether the mouse or the focus is inside an element, with the handlers to put on it. */
export const useInside = () => {
  const [pointer, setPointer] = useState(false);
  const [focus, setFocus] = useState(false);
  const handlers = useMemo(
    () => ({
      onPointerEnter: (event) => event.pointerType !== 'touch' && setPointer(true),
      onPointerLeave: () => setPointer(false),
      onFocus: () => setFocus(true),
      onBlur: (event) => setFocus(event.currentTarget.contains(event.relatedTarget)),
    }),
    [],
  );
  return [pointer || focus, handlers];
};
