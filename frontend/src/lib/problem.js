import { capitalised, sentence } from './sentences.js';

/** An answer that is not the one asked for: RFC 9457 problem details as an Error. Status 0: no answer at all. */
export class Problem extends Error {
  constructor({ status, title, detail = '', errors = [], retry_after_seconds: retryAfterSeconds = null, request_id: requestId = '', ...rest }) {
    super(detail || title);
    this.name = 'Problem';
    Object.assign(this, { status, title, detail, errors, retryAfterSeconds, requestId });
    this.service = rest.service ?? '';
    this.extensions = rest;
  }

  /** The server's words for one field, by its path; '' when it has nothing against it. */
  field(path) {
    return capitalised(this.errors.find((error) => error.field === path)?.message ?? '');
  }

  /** As `field`, and for the first part of it: `steps[0].channels[2]` for `steps[0].channels`. */
  within(path) {
    return capitalised(this.errors.find(({ field }) => field === path || field.startsWith(`${path}[`))?.message ?? '');
  }
}

/** What happened, in words an operator can act on. */
export const problemWords = (problem) => {
  if (!(problem instanceof Problem)) return sentence(problem?.message ?? 'The page met an unexpected fault');
  if (problem.status === 0) return navigator.onLine ? 'Belfry does not answer.' : 'This browser is offline.';
  if (problem.status === 503 && problem.service) return `${problem.service} does not answer (503).`;
  if (problem.status === 401) return 'Your session ended. Sign in again.';
  const detail = problem.detail && problem.detail !== problem.title ? ` ${sentence(problem.detail)}` : '';
  return `${sentence(problem.title)}${detail}`;
};

/** Everything support needs, as text to copy. */
export const problemReport = (problem) =>
  [
    `status: ${problem.status ?? '-'}`,
    `title: ${problem.title ?? problem.name}`,
    `detail: ${problem.detail ?? problem.message}`,
    `request: ${problem.requestId || '-'}`,
    `page: ${window.location.href}`,
    `time: ${new Date().toISOString()}`,
  ].join('\n');
