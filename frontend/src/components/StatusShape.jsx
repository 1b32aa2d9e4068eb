const cut = 'var(--bf-shape-cut, var(--bf-surface))';
const line = { fill: 'none', stroke: 'currentColor', strokeLinecap: 'round', strokeLinejoin: 'round' };
const knockout = { fill: 'none', stroke: cut, strokeLinecap: 'round', strokeLinejoin: 'round' };

/** One shape per status and overlay: told apart without colour. */
const shapes = {
  healthy: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.8 8.2l2.2 2.2 4.3-4.6" {...knockout} strokeWidth="1.7" />
    </>
  ),
  degraded: (
    <>
      <path d="M8 1.2c.5 0 .9.2 1.1.7l5.8 10.9c.5.9-.1 2-1.1 2H2.2c-1 0-1.6-1.1-1.1-2L6.9 1.9C7.1 1.4 7.5 1.2 8 1.2z" fill="currentColor" />
      <path d="M8 5.8v3.6M8 12.05v.05" {...knockout} strokeWidth="1.8" />
    </>
  ),
  down: (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />
      <path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" {...knockout} strokeWidth="1.8" />
    </>
  ),
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.2" {...line} strokeLinecap="butt" strokeWidth="1.6" strokeDasharray="2.6 2.27" />
      <path d="M6.3 6.5a1.75 1.75 0 1 1 2.5 1.6c-.5.25-.8.6-.8 1.2M8 11.35v.05" {...line} strokeWidth="1.5" />
    </>
  ),
  maintenance: (
    <>
      <rect x="1.2" y="1.2" width="13.6" height="13.6" rx="3" fill="currentColor" />
      <path d="M11.4 4.3a2.6 2.6 0 0 0-3.5 3.1L4.6 10.7l.9.9 3.3-3.3a2.6 2.6 0 0 0 3.1-3.5L10.4 6.3 9.7 5.6z" fill={cut} />
    </>
  ),
  risk: (
    <>
      <path d="M8 2.1l6.2 11.6H1.8z" {...line} strokeWidth="1.5" />
      <circle cx="8" cy="10.2" r="1.3" fill="currentColor" />
    </>
  ),
  flapping: <path d="M1.5 11l3-6.5 3 7 3-7 3 7 1-2.5" {...line} strokeWidth="1.6" />,
  stale: (
    <>
      <circle cx="8" cy="8" r="6.2" {...line} strokeWidth="1.5" />
      <path d="M8 4.5V8l2.3 1.6" {...line} strokeWidth="1.5" />
    </>
  ),
  paused: (
    <>
      <circle cx="8" cy="8" r="6.2" {...line} strokeWidth="1.6" />
      <path d="M6.3 5.7v4.6M9.7 5.7v4.6" {...line} strokeWidth="1.6" />
    </>
  ),
  held: <path d="M3.8 11.3V7.2a4.2 4.2 0 0 1 6.5-3.5M12.2 8v3.3l1 1.2H5M6.6 14.2h2.8M2 2l12 12" {...line} strokeWidth="1.5" />,
};
const colours = { flapping: 'degraded', stale: 'degraded', paused: 'unknown', held: 'unknown' };

/** Decorative: the word always stands beside it. `status`: a status or an overlay; `size` in px. */
export const StatusShape = ({ status, size = 16, className = '' }) => (
  <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" data-shape={status} className={`c-${colours[status] ?? status} ${className}`}>
    {shapes[status] ?? shapes.unknown}
  </svg>
);
