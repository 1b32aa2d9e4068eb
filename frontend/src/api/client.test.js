import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { connection } from '../lib/connection.js';
import { Problem, problemWords } from '../lib/problem.js';
import { session, sessionStarted } from '../lib/session.js';
import { api, problem } from '../test/handlers.js';
import { server } from '../test/server.js';
import { del, get, post } from './client.js';

const failureOf = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail');
};

describe('the client', () => {
  it('sends the CSRF token with what changes something, and only then', async () => {
    const seen = {};
    server.use(
      http.get(api('/auth/me'), ({ request }) => HttpResponse.json({ csrf: request.headers.get('X-CSRF-Token') })),
      http.post(api('/auth/tokens'), async ({ request }) => {
        Object.assign(seen, { csrf: request.headers.get('X-CSRF-Token'), body: await request.json() });
        return HttpResponse.json({});
      }),
    );
    sessionStarted('token-1');
    expect(await get('/auth/me')).toEqual({ csrf: null });
    await post('/auth/tokens', { label: 'x' });
    expect(seen).toEqual({ csrf: 'token-1', body: { label: 'x' } });
  });

  it('leaves empty parameters out', async () => {
    server.use(http.get(api('/auth/audit'), ({ request }) => HttpResponse.json(Object.fromEntries(new URL(request.url).searchParams))));
    expect(await get('/auth/audit', { query: { actor: 'ana', action: '', cursor: null } })).toEqual({ actor: 'ana' });
  });

  it('answers null for 204', async () => {
    expect(await del('/auth/tokens/tok-1')).toBeNull();
  });

  it('turns problem details into a Problem with field errors', async () => {
    server.use(http.post(api('/auth/users'), problem(422, { title: 'Invalid', errors: [{ field: 'name', message: 'is taken' }], request_id: 'r-1' })));
    const error = await failureOf(post('/auth/users', {}));
    expect(error).toBeInstanceOf(Problem);
    expect(error.field('name')).toBe('Is taken');
    expect(error.field('role')).toBe('');
    expect(error.requestId).toBe('r-1');
  });

  it('names the service that does not answer', async () => {
    server.use(http.get(api('/admin/health/services'), problem(503, { title: 'Unavailable', service: 'health_svc' })));
    expect(problemWords(await failureOf(get('/admin/health/services')))).toBe('health_svc does not answer (503).');
  });

  it('reads Retry-After', async () => {
    server.use(http.post(api('/auth/login'), problem(429, {}, { 'Retry-After': '28' })));
    expect((await failureOf(post('/auth/login', {}, { signingIn: true }))).retryAfterSeconds).toBe(28);
  });

  it('copes with an answer that is not JSON', async () => {
    server.use(http.get(api('/auth/me'), () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' })));
    expect(problemWords(await failureOf(get('/auth/me')))).toBe('Bad Gateway.');
  });

  it('notes an ended session, but not a wrong password', async () => {
    server.use(http.post(api('/auth/login'), problem(401)), http.get(api('/auth/users'), problem(401)));
    await failureOf(post('/auth/login', {}, { signingIn: true }));
    expect(session.get().expired).toBe(false);
    await failureOf(get('/auth/users'));
    expect(session.get().expired).toBe(true);
  });

  it('notes whether the gateway was reached', async () => {
    server.use(http.get(api('/auth/me'), () => HttpResponse.error()));
    const error = await failureOf(get('/auth/me'));
    expect(error.status).toBe(0);
    expect(connection.get().reached).toBe(false);
    await get('/auth/users');
    expect(connection.get().reached).toBe(true);
  });

  it('stops when its caller does', async () => {
    const stop = new AbortController();
    const asked = get('/auth/me', { signal: stop.signal });
    stop.abort();
    expect((await failureOf(asked)).name).toBe('AbortError');
  });
});
