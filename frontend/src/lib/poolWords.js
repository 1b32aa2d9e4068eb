import { formatCount, formatShare } from './formatNumber.js';

const fullPct = 95;
const fillingPct = 80;

/** How full a pool is: `{pct, level, words}`; `level`: ok, degraded or down. A pool without a limit has no percentage. */
export const poolOf = ({ active, max, alertPct = fillingPct }) => {
  if (!max) return { pct: null, level: 'ok', words: '' };
  const pct = (active / max) * 100;
  if (active >= max) return { pct, level: 'down', words: 'full' };
  if (pct > fullPct) return { pct, level: 'down', words: 'nearly full' };
  return pct > fillingPct || pct >= alertPct ? { pct, level: 'degraded', words: 'filling up' } : { pct, level: 'ok', words: '' };
};

/** Never rounded up: only a full pool is at 100 %. */
export const formatFilled = (pct) => formatShare(pct >= 1 ? Math.floor(pct) : pct);

export const poolSentence = (active, max, { pct, words }) => {
  if (pct === null) return `${formatCount(active)} connections, without a limit`;
  return `${formatCount(active)} of ${formatCount(max)} connections, ${formatFilled(pct)}${words && `, ${words}`}`;
};
