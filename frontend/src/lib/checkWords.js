import { formatLatency } from './formatNumber.js';
import { problemWords } from './problem.js';

const shapes = { pass: 'healthy', warn: 'degraded', fail: 'down', error: 'unknown' };
const resultWords = { pass: 'Passed', warn: 'Warning', fail: 'Failed', error: 'Not measured' };

/** The status whose shape and colour a result takes. */
export const resultStatus = (result) => shapes[result] ?? 'unknown';
export const resultWord = (result) => resultWords[result] ?? result;

/** A finished run in one line: "Passed in 41 ms", or what failed. */
export const runWords = (run) => {
  if (run.result === 'pass') return `Passed in ${formatLatency(run.duration_ms)}`;
  if (run.result === 'error') return `Could not measure: ${run.reason}`;
  return `${resultWord(run.result)} after ${formatLatency(run.duration_ms)}: ${run.reason}`;
};

/** Why a check did not run, in words. `seconds`: left until it may be tried again. */
export const refusedWords = (problem, seconds) => {
  if (problem.status === 429) return seconds > 0 ? `Checked too often. Again in ${seconds} s.` : 'Checked too often. It may be checked again now.';
  if (problem.status === 409) return problem.detail || 'Someone else is checking this, too. Their result appears here.';
  if (problem.status === 503) return `Nothing was checked: ${problemWords(problem)}`;
  if (problem.status === 504) return 'Nothing was checked: no answer within 5 s.';
  return problemWords(problem);
};

/** How often the results changed: "changed 7 times in 30 checks". */
export const flapWords = (recent) => {
  const counted = recent.filter((result) => result !== 'error');
  const changes = counted.filter((result, at) => at > 0 && result !== counted[at - 1]).length;
  return `changed ${changes} times in ${counted.length} checks`;
};
