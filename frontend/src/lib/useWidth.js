import { useLayoutEffect, useRef, useState } from 'react';

/** A ref, and the width in pixels of its element as it changes; `usual` until it is known. */
export const useWidth = (usual) => {
  const box = useRef(null);
  const [width, setWidth] = useState(usual);
  useLayoutEffect(() => {
    const measure = () => setWidth(box.current?.clientWidth || usual);
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    measure();
    return () => observer.disconnect();
  }, [usual]);
  return [box, width];
};
