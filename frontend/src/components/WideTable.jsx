import { useEffect, useRef, useState } from 'react';

/** A table that may be wider than its card: it scrolls inside, and then the keyboard can scroll it too. */
export const WideTable = ({ label, children }) => {
  const box = useRef(null);
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const observer = new ResizeObserver(() => setWide(box.current.scrollWidth > box.current.clientWidth));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={box} className="scroll-x" {...(wide && { role: 'region', tabIndex: 0, 'aria-label': `${label}, scrolls sideways` })}>
      <table className="table">{children}</table>
    </div>
  );
};
