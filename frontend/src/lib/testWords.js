import { formatLatency } from './formatNumber.js';
import { problemWords } from './problem.js';
import { sentence } from './sentences.js';

/** What became of a test, in words. `outcome`: {result} as the server told, {problem} when it could not be asked, or
    neither while it is on its way. `name`: of the channel, where it is not plain. */
export const testWords = (name, { result, problem }) => {
  const said = (text) => (name ? `${name}: ${text}` : text);
  if (problem) return { status: 'unknown', text: said(problemWords(problem)), hint: '' };
  if (!result) return { status: 'waiting', text: `Sending to ${name}`, hint: '' };
  if (result.success) return { status: 'healthy', text: said(sentence(result.message ?? `Accepted in ${formatLatency(result.duration_ms)}`)), hint: '' };
  return { status: 'down', text: said(sentence(result.error ?? 'It was refused')), hint: result.hint ? sentence(result.hint) : '' };
};
