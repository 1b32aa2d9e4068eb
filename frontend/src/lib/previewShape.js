import { isUpward } from './ruleWords.js';
import { countScale } from './scales.js';

const most = 480;
const numbers = (values) => values.filter((value) => value != null);

/** Values thinned to at most 480: of each stretch the one that is worst for the rule. Null where none is known. */
export const thinned = (values, operator) => {
  const size = Math.max(1, Math.ceil(values.length / most));
  const worst = operator.startsWith('<') ? Math.min : Math.max;
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => {
    const known = numbers(values.slice(at * size, (at + 1) * size));
    return known.length ? worst(...known) : null;
  });
};

const linesOf = ({ threshold, critical_threshold: critical, recovery_threshold: recovery }) => numbers([threshold, critical, recovery]);

/** Ticks of a linear axis that holds every value and line; words where values have them. */
export const previewTicks = (preview, levels) => {
  const words = Object.values(levels);
  if (words.length) return words.toSorted((a, b) => a - b);
  const all = [...preview.series.flatMap(({ values }) => numbers(values)), ...linesOf(preview)];
  const low = all.reduce((a, b) => Math.min(a, b), 0);
  const high = all.reduce((a, b) => Math.max(a, b), 0);
  const ticks = countScale(Math.max(high, -low) * 1.04, 4);
  const step = ticks[1];
  return low < 0 ? [...ticks.slice(1).map((tick) => -tick).reverse().filter((tick) => tick >= low - step), ...ticks.filter((tick) => tick <= high + step)] : ticks;
};

/** Where the parts of a preview stand in a plot `{top, bottom, left, right}` in pixels. `y` and `valueAt` of a value,
    `x` of a moment (ms), `momentAt` of a pixel, `ticks` of the value axis. */
export const previewScales = (preview, levels, { top, bottom, left, right }) => {
  const ticks = previewTicks(preview, levels);
  const [low, high] = [ticks[0], ticks.at(-1)];
  const [from, to] = [Date.parse(preview.from_at), Date.parse(preview.to_at)];
  const pad = Object.keys(levels).length ? 10 : 0;
  const [start, end] = [bottom - pad, top + pad];
  const held = (value) => Math.min(high, Math.max(low, value));
  return {
    ticks,
    y: (value) => start + ((held(value) - low) / (high - low || 1)) * (end - start),
    valueAt: (px) => held(low + ((px - start) / (end - start)) * (high - low)),
    x: (at) => left + ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * (right - left),
    momentAt: (px) => Math.min(to, Math.max(from, from + ((px - left) / (right - left)) * (to - from))),
  };
};

/** A line through what is known, with gaps; a value alone is a dot. */
export const previewPath = (values, preview, { x, y }) => {
  const from = Date.parse(preview.from_at);
  const stepMs = (preview.series[0].values.length * preview.step_seconds * 1000) / values.length;
  return values
    .map((value, at) => {
      if (value == null) return '';
      const place = `${x(from + at * stepMs).toFixed(1)} ${y(value).toFixed(1)}`;
      return at && values[at - 1] != null ? `L${place}` : `M${place}h0`;
    })
    .join('');
};

const states = ['pending', 'firing'];
const drawn = { pending: 'pending', firing: 'firing', recovering: 'firing' };

/** Bands `{state, from, to}` in ms in which any series was pending or firing; what overlaps is one, firing over pending. */
export const previewBands = ({ spans, to_at: end }) =>
  states.flatMap((state) => {
    const found = spans.filter((span) => drawn[span.state] === state).map(({ from_at: from, to_at: to }) => ({ state, from: Date.parse(from), to: Date.parse(to ?? end) }));
    return found.toSorted((a, b) => a.from - b.from).reduce((merged, span) => {
      const last = merged.at(-1);
      if (!last || span.from > last.to) return [...merged, span];
      return [...merged.slice(0, -1), { ...last, to: Math.max(last.to, span.to) }];
    }, []);
  });

/** Whole hours (of the reader's clock) under the axis, `every` so many ms: moments in ms. */
export const hourTicks = (from, to, zone, every) => {
  const offset = zone === 'UTC' ? 0 : new Date(from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from - offset) / every) * every + offset;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / every) + 1) }, (_, at) => first + at * every);
};

/** What is known at a moment: `{at, worst: {title, value} | null, state}`. */
export const previewAt = (preview, at, operator) => {
  const index = Math.floor((at - Date.parse(preview.from_at)) / (preview.step_seconds * 1000));
  const known = preview.series.map(({ title, values }) => ({ title, value: values[Math.min(index, values.length - 1)] })).filter(({ value }) => value != null);
  const sorted = known.toSorted((a, b) => (isUpward(operator) ? b.value - a.value : operator.startsWith('<') ? a.value - b.value : 0));
  const bands = previewBands(preview).filter(({ from, to }) => from <= at && at < to);
  return { at, worst: sorted[0] ?? null, state: bands.at(-1)?.state ?? '' };
};

/** A number that is easy to say, near `value`: two digits, or the step of the axis' tenth. */
export const roundedLine = (value, ticks) => {
  const step = (ticks[1] - ticks[0]) / 20;
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  return Number((Math.round(value / step) * step).toFixed(digits));
};

/** Rows of the table twin: an hour each, newest first: its worst value and the worst state in it. */
export const previewRows = (preview, operator) => {
  const bands = previewBands(preview);
  const perRow = 3600 / preview.step_seconds;
  const worst = operator.startsWith('<') ? Math.min : Math.max;
  const count = Math.ceil((preview.series[0]?.values.length ?? 0) / perRow);
  return Array.from({ length: count }, (_, row) => {
    const from = Date.parse(preview.from_at) + row * 3_600_000;
    const known = preview.series.flatMap(({ values }) => numbers(values.slice(row * perRow, (row + 1) * perRow)));
    const state = bands.findLast((band) => band.from < from + 3_600_000 && band.to > from)?.state ?? '';
    return { at: from, value: known.length ? worst(...known) : null, state };
  }).reverse();
};
