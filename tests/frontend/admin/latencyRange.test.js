import { describe, expect, it } from 'vitest';
import { dropWords } from '../../../frontend/src/lib/dropWords.js';
import { linesOf } from '../../../frontend/src/lib/endpointId.js';
import { rangeChange, rangeName, readRange, shiftRange, spanWords } from '../../../frontend/src/lib/latencyRange.js';
import { newAlertPath } from '../../../frontend/src/lib/newAlert.js';
import { endpointAfter, serviceAfter } from '../../../frontend/src/lib/renamed.js';

const now = Date.parse('2026-11-23T14:08:20Z');
const at = (text) => Date.parse(`2026-11-${text}Z`);
const read = (query) => readRange(new URLSearchParams(query));

describe('a range in an address', () => {
  it('ends now, or is a stretch of time', () => {
    expect(read('')).toEqual({ range: '1h', window: 3600, from: null, to: null, toAt: undefined });
    expect(read('range=7d').window).toBe(604_800);
    expect(read('range=24h&from=2026-11-23T03:00Z&to=2026-11-23T07:00Z')).toEqual({ range: '24h', window: 4 * 3600, from: at('23T03:00'), to: at('23T07:00'), toAt: '2026-11-23T07:00:00.000Z' });
  });
  it.each(['from=2026-11-23T03:00Z', 'from=x&to=y', 'from=2026-11-23T07:00Z&to=2026-11-23T03:00Z', 'from=2026-01-23T03:00Z&to=2026-11-23T03:00Z'])('is the usual one for %s', (query) => {
    expect(read(query)).toMatchObject({ range: '1h', from: null });
  });
  it('is written so that it is read the same', () => {
    expect(read(new URLSearchParams(rangeChange(at('22T23:00'), at('23T01:00'))))).toMatchObject({ from: at('22T23:00'), to: at('23T01:00') });
    expect(rangeChange(null)).toEqual({ from: '', to: '' });
  });
  it('moves earlier and later by its own length, up to now', () => {
    const hour = read('');
    expect(shiftRange(hour, -1, now)).toEqual({ from: '2026-11-23T12:08Z', to: '2026-11-23T13:08Z' });
    expect(shiftRange(hour, 1, now)).toEqual({ range: '1h', from: '', to: '' });
    expect(shiftRange(read('from=2026-11-23T06:00Z&to=2026-11-23T07:00Z'), 1, now)).toEqual({ from: '2026-11-23T07:00Z', to: '2026-11-23T08:00Z' });
    expect(shiftRange(read('from=2026-11-23T08:00Z&to=2026-11-23T12:00Z'), 1, now)).toEqual({ from: '2026-11-23T12:00Z', to: '2026-11-23T16:00Z' });
    expect(shiftRange(read('from=2026-11-23T12:00Z&to=2026-11-23T16:00Z'), 1, now)).toEqual({});
  });
  it('is told in words', () => {
    expect(spanWords(at('23T03:00'), at('23T07:00'), 'UTC', now)).toBe('03:00 to 07:00');
    expect(spanWords(at('22T20:00'), at('23T00:00'), 'UTC', now)).toBe('Sun 22 Nov, 20:00 to 00:00');
    expect(spanWords(at('22T22:00'), at('23T01:00'), 'UTC', now)).toBe('Sun 22 Nov, 22:00 to 01:00');
    expect(rangeName(read('range=6h'), 'UTC', now)).toBe('the last 6 hours');
    expect(rangeName(read('from=2026-11-23T03:00Z&to=2026-11-23T07:00Z'), 'UTC', now)).toBe('03:00 to 07:00');
  });
});

describe('an endpoint', () => {
  it('is asked for in plain ASCII', () => {
    expect(linesOf(['GET a%20b /orders/{id}', 'POST shop /ä 100%'])).toBe('GET a%20b /orders/{id}\nPOST shop /%C3%A4 100%25');
  });
  it('can become a rule', () => {
    expect(newAlertPath({ service: 'a b', method: 'GET', path: '/orders/{id}' })).toBe('/admin/alerts-config?new=latency.p99&service=a+b&method=GET&route=%2Forders%2F%7Bid%7D');
  });
});

describe('what was dropped', () => {
  it('is told with the reason', () => {
    const drop = { service: 'shop', reason: 'negative', count: 1, last_at: new Date().toISOString() };
    expect(dropWords(drop, 'UTC')).toMatch(/^1 sample of shop, last at \d\d:\d\d: they are below zero$/);
    expect(dropWords({ ...drop, reason: 'other', count: 2000 }, 'UTC')).toMatch(/^2,000 samples .*: other$/);
  });
});

describe('a service under another name', () => {
  const counts = (from, to) => Array.from({ length: 24 }, (_, hour) => (hour >= from && hour <= to ? 100 : 0));
  const of = (service, path, from, to) => ({ service, method: 'GET', path, count_by_hour: counts(from, to) });
  const old = [of('pay', '/a', 0, 10), of('pay', '/b', 0, 11), of('pay', '/gone', 0, 9)];
  const renamed = [...old, of('payments', '/a', 10, 23), of('payments', '/b', 12, 23), of('other', '/a', 0, 23)];
  it('goes on with the same endpoints, from when the old one ended', () => {
    expect(serviceAfter('pay', renamed)).toBe('payments');
    expect(endpointAfter(old[0], renamed).service).toBe('payments');
    expect(endpointAfter(old[2], renamed)).toBeNull();
  });
  it('is not guessed', () => {
    expect(serviceAfter('pay', [...old, of('payments', '/a', 16, 23)])).toBeNull();
    expect(serviceAfter('pay', [...renamed, of('pay', '/alive', 0, 23)])).toBeNull();
    expect(serviceAfter('unknown', renamed)).toBeNull();
    expect(endpointAfter(renamed[3], renamed)).toBeNull();
    expect(endpointAfter(old[0], undefined)).toBeNull();
  });
});
