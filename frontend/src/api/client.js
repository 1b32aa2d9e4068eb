import { noteReached } from '../lib/connection.js';
import { notePosition } from '../lib/positions.js';
import { Problem } from '../lib/problem.js';
import { session, sessionExpired } from '../lib/session.js';

const root = '/api/v1';

const unreachable = () => new Problem({ status: 0, title: 'Belfry does not answer' });

const address = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value != null && value !== '');
  return given.length ? `${root}${path}?${new URLSearchParams(given)}` : `${root}${path}`;
};

const send = async (method, path, { body, query, headers, signal }) => {
  const init = { method, signal, credentials: 'same-origin', headers: { Accept: 'application/json', ...headers } };
  if (method !== 'GET') init.headers['X-CSRF-Token'] = session.get().csrf;
  if (body !== undefined) {
    init.headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  try {
    const response = await fetch(address(path, query), init);
    noteReached(true);
    return response;
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    noteReached(false);
    throw unreachable();
  }
};

/** A proxy in front may answer in HTML: then the status line is all there is. */
const problemOf = async (response) => {
  const told = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get('Retry-After'));
  return new Problem({
    title: response.statusText || `Status ${response.status}`,
    retry_after_seconds: seconds > 0 ? seconds : null,
    request_id: response.headers.get('X-Request-Id') ?? '',
    ...told,
    status: response.status,
  });
};

/** The only way to the gateway. Answers the decoded body (null for 204); throws a Problem, or AbortError. */
const request = async (method, path, options = {}) => {
  const response = await send(method, path, options);
  if (response.ok) notePosition(path, response.headers.get('Belfry-Offset'));
  if (response.ok) return response.status === 204 ? null : response.json();
  if (response.status === 401 && !options.signingIn) sessionExpired();
  throw await problemOf(response);
};

export const get = (path, options) => request('GET', path, options);
export const post = (path, body, options) => request('POST', path, { ...options, body });
export const put = (path, body, options) => request('PUT', path, { ...options, body });
export const patch = (path, body, options) => request('PATCH', path, { ...options, body });
export const del = (path, options) => request('DELETE', path, options);

/** Whether an address outside the API answers well. */
export const probe = async (path, signal) => (await fetch(path, { signal })).ok;
