import { useRef } from 'react';
import { formatMetric } from '../../lib/metricValue.js';
import { roundedLine } from '../../lib/previewShape.js';
import { isUpward } from '../../lib/ruleWords.js';
import styles from './preview.module.css';

const named = [
  { name: 'critical_threshold', word: 'Critical at', label: 'Critical line', className: styles.critical },
  { name: 'threshold', word: 'Fires at', label: 'Threshold line', className: styles.fires },
  { name: 'recovery_threshold', word: 'Recovers at', label: 'Recovery line', className: styles.recovers },
];
const handlePx = 28;
const shownOf = (lines) => named.filter(({ name }) => lines[name] != null);
const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };

/** The rule's lines with what they mean: recovery is dashed, on the good side of the threshold. */
export const PreviewLines = ({ lines, operator, unit, levels, scales, plot }) =>
  shownOf(lines).map(({ name, word, className }, _, { length }) => {
    const y = scales.y(lines[name]);
    const above = (name === 'recovery_threshold') !== isUpward(operator);
    const inside = above ? (y < plot.top + 18 ? y + 14 : y - 6) : y > plot.bottom - 18 ? y - 6 : y + 14;
    return (
      <g key={name} className={className} data-line={name}>
        <line x1={plot.left} x2={plot.right} y1={y} y2={y} />
        <text x={plot.right - length * handlePx - 2} y={inside} textAnchor="end">{word} {formatMetric(lines[name], unit, levels)}</text>
      </g>
    );
  });

/** What the lines are dragged by, with the mouse, a finger or the arrow keys; side by side, so that near lines stay apart. `onLine(name, value)`; `onHold(held)`: the
    scale stays while one is dragged. */
export const PreviewHandles = ({ lines, unit, levels, scales, onLine, onHold }) => {
  const box = useRef(null);
  const [low, high] = [scales.ticks[0], scales.ticks.at(-1)];
  const words = Object.values(levels);
  const held = (value) => (words.length ? words.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value))[0] : roundedLine(Math.min(high, Math.max(low, value)), scales.ticks));
  const step = words.length ? 1 : (scales.ticks[1] - scales.ticks[0]) / 20;

  const onKeyDown = (event, name) => {
    const by = steps[event.key];
    if (!by) return;
    event.preventDefault();
    onLine(name, held(lines[name] + by * step));
  };
  const onPointerMove = (event, name) => {
    if (event.currentTarget.hasPointerCapture?.(event.pointerId)) onLine(name, held(scales.valueAt(event.clientY - box.current.getBoundingClientRect().top)));
  };
  return (
    <div ref={box} className={styles.handles}>
      {shownOf(lines).map(({ name, label }, at) => (
        <div key={name} className={styles.handle} style={{ top: scales.y(lines[name]) - 12, right: at * handlePx }} role="slider" tabIndex={0} aria-label={label} aria-orientation="vertical" aria-valuemin={low} aria-valuemax={high} aria-valuenow={lines[name]}
          aria-valuetext={formatMetric(lines[name], unit, levels)} onKeyDown={(event) => onKeyDown(event, name)} onPointerMove={(event) => onPointerMove(event, name)}
          onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); onHold(true); }} onLostPointerCapture={() => onHold(false)} />
      ))}
    </div>
  );
};
