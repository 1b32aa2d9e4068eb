import { formatSelfTime } from '../../../lib/formatNumber.js';
import { phaseWords } from '../../../lib/pipelineWords.js';

const timeWords = { avg_ms: 'on average', p95_ms: 'at P95' };

const handles = ({ width, height }) => [
  { id: 'in', type: 'target', position: 'left', x: 0, y: height / 2, width: 1, height: 1 },
  { id: 'out', type: 'source', position: 'right', x: width, y: height / 2, width: 1, height: 1 },
  { id: 'top', type: 'target', position: 'top', x: 14, y: 0, width: 1, height: 1 },
  { id: 'bottom', type: 'source', position: 'bottom', x: 14, y: height, width: 1, height: 1 },
];

const dataOf = {
  end: ({ id }, { handler, time }) => ({ name: id === 'request' ? 'Request' : 'Handler', number: id === 'handler' ? formatSelfTime(handler?.[time]) : '' }),
  head: ({ phase, sum }) => ({ name: phaseWords[phase], number: sum }),
  step: ({ step, ms, share }, { lit }) => ({ name: step.id, number: step.enabled ? formatSelfTime(ms).replace(' ms', '') : 'off', share, off: !step.enabled, lit: step.id === lit, title: step.name }),
};

const stepLabel = ({ step, ms }, time) => {
  const state = step.enabled ? (ms === null ? 'no request yet' : `${formatSelfTime(ms)} ${timeWords[time]}`) : 'off';
  return `${step.order}. ${step.id}, ${phaseWords[step.phase]}, ${state}`;
};

const node = (box, look) => ({
  id: box.id,
  type: box.kind,
  position: { x: box.x, y: box.y },
  width: box.width,
  height: box.height,
  handles: box.kind === 'head' ? [] : handles(box),
  focusable: box.kind === 'step',
  ariaLabel: box.kind === 'step' ? stepLabel(box, look.time) : undefined,
  data: dataOf[box.kind](box, look),
});

const colour = 'var(--bf-control)';

const edge = ({ source, target, down, turn, turnY }) => ({
  id: `${source} ${target}`,
  source,
  target,
  sourceHandle: down ? 'bottom' : 'out',
  targetHandle: down ? 'top' : 'in',
  type: down ? 'straight' : 'bent',
  data: { turn, turnY },
  focusable: false,
  selectable: false,
  domAttributes: { 'aria-hidden': true }, // the order of the boxes tells the same
  markerEnd: down ? undefined : { type: 'arrowclosed', color: colour, width: 12, height: 12 },
  style: { stroke: colour, strokeWidth: 1.5 },
});

/** The layout as nodes and edges of the flow library. `look`: {handler, time, lit}. */
export const toFlow = ({ boxes, links }, look) => ({ nodes: boxes.map((box) => node(box, look)), edges: links.map(edge) });
