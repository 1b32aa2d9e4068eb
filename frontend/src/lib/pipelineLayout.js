import { formatSelfTime } from './formatNumber.js';
import { phaseWords } from './pipelineWords.js';

const nodeHeight = 26;
const gap = 6;
const headHeight = 26;
const lineGap = 22;
const arrow = 20;
const requestWidth = 62;
const handlerWidth = 112;
const letter = 6.25; // of a step's name
const besideName = 46; // its number, and the padding
const headLetter = 7;
const besideHead = 58;
const leastShrink = 0.9;

/** Steps in running order, in columns: one for each run of steps of the same phase. */
export const columnsOf = (steps) =>
  steps.reduce((columns, step) => {
    if (columns.at(-1)?.phase === step.phase) columns.at(-1).steps.push(step);
    else columns.push({ phase: step.phase, steps: [step] });
    return columns;
  }, []);

/** The time of a step that is shown: `avg_ms` or `p95_ms`; null without calls. */
export const timeOf = ({ enabled, stats }, time) => (enabled ? (stats?.[time] ?? null) : null);

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
const longest = (words) => Math.max(...words.map((word) => word.length));

const naturalWidth = ({ phase, steps }) =>
  Math.max(longest(steps.map(({ id }) => id)) * letter + besideName, phaseWords[phase].length * headLetter + (steps.some(({ enabled }) => enabled) ? besideHead : 0));

/** Columns with their widths in lines that fit into `width`: one line when a little shrinking is enough, else as many as it
    takes. The last line has room for the handler. */
const linesOf = (columns, width) => {
  const natural = columns.map((column) => ({ ...column, width: naturalWidth(column) }));
  const room = width - requestWidth - handlerWidth - (columns.length + 1) * arrow;
  const need = sum(natural.map((column) => column.width));
  const share = Math.max(0, room - need) / columns.length;
  if (room >= need * leastShrink) return [natural.map((column) => ({ ...column, width: Math.floor(Math.min(1, room / need) * column.width + share) }))];
  const lines = [[]];
  let x = requestWidth + arrow;
  natural.forEach((column, at) => {
    const end = x + column.width + (at === natural.length - 1 ? arrow + handlerWidth : arrow / 2);
    if (end > width && lines.at(-1).length) {
      lines.push([]);
      x = requestWidth + arrow;
    }
    lines.at(-1).push(column);
    x += column.width + arrow;
  });
  return lines;
};

/** Of averages only: quantiles do not add up. */
const sumOf = (steps, time) => {
  const times = steps.map((step) => timeOf(step, time)).filter((ms) => ms !== null);
  return time === 'avg_ms' && times.length ? formatSelfTime(sum(times)) : '';
};

const endBox = (id, x, line, width) => ({ id, kind: 'end', x, y: line.top + headHeight, width, height: nodeHeight, line });

const columnBoxes = ({ phase, steps, width }, x, line, { time, most }) => [
  { id: `head:${steps[0].id}`, kind: 'head', x, y: line.top, width, height: headHeight, phase, sum: sumOf(steps, time) },
  ...steps.map((step, row) => {
    const ms = timeOf(step, time);
    return { id: step.id, kind: 'step', x, y: line.top + headHeight + row * (nodeHeight + gap), width, height: nodeHeight, line, step, ms, share: (ms ?? 0) / most };
  }),
];

/** A link goes `down` within a column, across to the next one, or to the next line. Across it bends just before its target
    (`turn`: a share of its length), past columns that are off; to the next line it runs between them (`turnY`). */
const linkOf = (source, target) => ({
  source: source.id,
  target: target.id,
  down: source.x === target.x && source.line === target.line,
  turn: 1 - arrow / 2 / (target.x - source.x - source.width),
  turnY: source.line === target.line ? null : source.line.bottom + lineGap / 2,
});

/** From each box a request passes to the next. */
const linksOf = (boxes) => {
  const passed = boxes.filter(({ kind, step }) => kind === 'end' || step?.enabled);
  return passed.slice(1).map((target, at) => linkOf(passed[at], target));
};

/**
 * The way of a request as boxes at fixed places: `{boxes, links, width, height}`. A box is `{id, kind, x, y, width, height,
 * ...}`: kind is `end` (`request`, `handler`), `head` of a column, or `step`. Links join what a request really passes.
 */
export const layoutPipeline = (steps, width, time) => {
  const look = { time, most: Math.max(...steps.map((step) => timeOf(step, time) ?? 0)) || 1 };
  const boxes = [];
  let top = 0;
  let x = 0;
  for (const columns of linesOf(columnsOf(steps), width)) {
    const rows = Math.max(...columns.map((column) => column.steps.length));
    const line = { top, bottom: top + headHeight + rows * (nodeHeight + gap) - gap };
    x = requestWidth + arrow;
    if (!boxes.length) boxes.push(endBox('request', 0, line, requestWidth));
    for (const column of columns) {
      boxes.push(...columnBoxes(column, x, line, look));
      x += column.width + arrow;
    }
    top = line.bottom + lineGap;
  }
  boxes.push(endBox('handler', x, boxes.at(-1).line, handlerWidth));
  return { boxes, links: linksOf(boxes), width: Math.max(...boxes.map((box) => box.x + box.width)), height: top - lineGap };
};
