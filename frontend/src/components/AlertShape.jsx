import { StatusShape } from './StatusShape.jsx';

const edge = 6.2;
const pie = (share) => {
  const angle = 2 * Math.PI * Math.min(share, 0.999);
  return `M8 8V${8 - edge}A${edge} ${edge} 0 ${share > 0.5 ? 1 : 0} 1 ${(8 + edge * Math.sin(angle)).toFixed(2)} ${(8 - edge * Math.cos(angle)).toFixed(2)}z`;
};
const ring = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.6 };

const drawn = {
  pending: (share) => <><circle cx="8" cy="8" r={edge} {...ring} />{share > 0.02 && <path d={pie(share)} fill="currentColor" />}</>,
  recovering: () => <><circle cx="8" cy="8" r={edge} {...ring} strokeDasharray="3 2" /><path d="M8 11V5M5.4 7.4L8 4.8l2.6 2.6" {...ring} strokeLinecap="round" strokeLinejoin="round" /></>,
};

/** The shape of an alert: that of a status, or a pie that fills while it waits (`share`, 0 to 1). The word stands beside it. */
export const AlertShape = ({ shape, share = 0, size = 16 }) => {
  if (!drawn[shape]) return <StatusShape status={shape} size={size} />;
  return <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" data-shape={shape} className="c-degraded">{drawn[shape](share)}</svg>;
};
