const words = { dns: 'DNS', connect: 'Connect', tls: 'TLS', request: 'Request', first_byte: 'First byte', body: 'Body', query: 'Query', handshake: 'Handshake', ping: 'Ping', echo: 'Echo' };
const beyond = 4; // a bar shorter than a quarter of the budget is drawn larger, and the budget lies beyond its end

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ');

export const phaseWord = (name) => words[name] ?? capital(name);

/** Phases as shares of a bar in percent, and where the timeout stands on it; `budgetPct` is null when it lies beyond.
    `others`: totals in ms that share the scale. */
export const phaseScale = (phases, budgetMs, others = []) => {
  const total = phases.reduce((sum, phase) => sum + phase.duration_ms, 0);
  const longest = Math.max(total, ...others, 0.001);
  const within = budgetMs <= longest * beyond;
  const scale = within ? Math.max(budgetMs, longest) * 1.04 : longest;
  let start = 0;
  const parts = phases.map((phase, at) => {
    const part = { ...phase, at, startPct: (start / scale) * 100, widthPct: (phase.duration_ms / scale) * 100 };
    start += phase.duration_ms;
    return part;
  });
  return { parts, total, budgetPct: within ? (budgetMs / scale) * 100 : null };
};

/** "DNS 3.1 ms, Connect 1.8 ms, ...": the bar for those who do not see it. */
export const phaseSentence = (phases, format) => phases.map((phase) => `${phaseWord(phase.name)} ${format(phase.duration_ms)}`).join(', ');
