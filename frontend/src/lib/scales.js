/** A logarithmic scale from the domain `[from, to]` onto pixels `[start, end]`; what lies outside is held at the edge. */
export const logScale = ([from, to], [start, end]) => {
  const low = Math.log(from);
  const span = Math.log(to) - low || 1;
  return (value) => start + Math.min(1, Math.max(0, (Math.log(Math.max(value, from)) - low) / span)) * (end - start);
};

const round = [1, 2.5, 5];

/** Round numbers (1, 2.5, 5 times powers of ten) within the domain, thinned until at most `most` are left. */
export const logTicks = ([from, to], most = 6) => {
  const first = Math.floor(Math.log10(from));
  const decades = Array.from({ length: Math.ceil(Math.log10(to)) - first + 1 }, (_, at) => 10 ** (first + at));
  const steps = [round, [1, 5], [1]].map((mantissas) => decades.flatMap((decade) => mantissas.map((one) => one * decade)).filter((tick) => tick >= from * 0.999 && tick <= to * 1.001));
  return steps.find((ticks) => ticks.length <= most) ?? steps.at(-1);
};

const nice = [1, 2, 5, 10];

/** Round ticks of a linear axis from 0 to at least `high`, in `parts` equal parts. */
export const countScale = (high, parts) => {
  const least = (high > 0 ? high : 1) / parts;
  const decade = 10 ** Math.floor(Math.log10(least));
  const step = nice.find((one) => one * decade >= least * 0.9999) * decade;
  return Array.from({ length: parts + 1 }, (_, at) => at * step);
};

/** The domain widened to round numbers (1, 2, 5). */
export const logDomain = (values) => {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const below = 10 ** Math.floor(Math.log10(low));
  const above = 10 ** Math.floor(Math.log10(high));
  return [nice.findLast((one) => one * below <= low) * below, nice.find((one) => one * above >= high) * above];
};
