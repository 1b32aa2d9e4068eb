/** Below the first, green; above the second, red; between them yellow. Milliseconds; the server may say others. */
export const defaultThresholds = [100, 500];

/** Where one shade of the ramp ends and the next begins; for 100 and 500: 25, 50, 100, 250, 500, 1000, 2500 ms. */
const breaks = ([fast, slow]) => [fast / 4, fast / 2, fast, fast + (slow - fast) * 0.375, slow, slow * 2, slow * 5];

const slowFrom = 4; // from this break on a value belongs to the slower shade only when it is above it

/** The shade of the ramp, 1 to 8: 1 to 3 are green, 4 and 5 yellow, 6 to 8 red; null without a value. */
export const rampStep = (ms, thresholds = defaultThresholds) => {
  if (ms == null) return null;
  return 1 + breaks(thresholds).filter((limit, at) => (at < slowFrom ? ms >= limit : ms > limit)).length;
};

/** 1 green, 2 yellow, 3 red. */
export const band = (ms, thresholds = defaultThresholds) => {
  const step = rampStep(ms, thresholds);
  if (step <= 3) return 1;
  return step <= 5 ? 2 : 3;
};

const near = 1.1;
const far = 1.5;

/** How two values compare, for a diverging scale: -2 much faster, -1 faster, 0 within 10 %, 1 slower, 2 slower by half
    and more; null when one of them is missing. */
export const ratioStep = (ms, comparedMs) => {
  if (!ms || !comparedMs) return null;
  const ratio = Math.max(ms, comparedMs) / Math.min(ms, comparedMs);
  if (ratio <= near) return 0;
  return (ms > comparedMs ? 1 : -1) * (ratio > far ? 2 : 1);
};

/** The look of a change in percent: under 10 % quiet, worse amber, over double red, better green. */
export const changeLook = (pct) => {
  if (pct == null || Math.abs(pct) < 10) return 'dim';
  if (pct < 0) return 't-healthy strong';
  return pct > 100 ? 't-down strong' : 't-degraded strong';
};
