import { describe, expect, it } from 'vitest';
import { endpointId, endpointOf } from '../../../frontend/src/lib/endpointId.js';
import { formatErrors, formatTick } from '../../../frontend/src/lib/formatNumber.js';
import { nextPlace } from '../../../frontend/src/lib/gridMoves.js';
import { bucketBand, histogramScales, rangeWords } from '../../../frontend/src/lib/histogramShape.js';
import { hourIndex, hourSpan, hoursWithin, hourStarts } from '../../../frontend/src/lib/hours.js';
import { band, changeLook, rampStep, ratioStep } from '../../../frontend/src/lib/latencyBands.js';
import { changeWords, hourWords, insufficientWords, serviceWords } from '../../../frontend/src/lib/latencyWords.js';
import { logDomain, logScale, logTicks } from '../../../frontend/src/lib/scales.js';
import { filterEndpoints, sortEndpoints } from '../../../frontend/src/lib/sortEndpoints.js';
import { endLabels, linePath, momentsBetween, spanBetween, timeTicks, trendScales } from '../../../frontend/src/lib/trendShape.js';

describe('bands', () => {
  it.each([[0, 1], [24.9, 1], [25, 2], [50, 3], [99.9, 3], [100, 4], [249, 4], [250, 5], [500, 5], [500.1, 6], [1000, 6], [1001, 7], [2500, 7], [9000, 8], [null, null]])('F2.2.2: %s ms has shade %s', (ms, step) => {
    expect(rampStep(ms)).toBe(step);
  });
  it.each([[99, 1], [100, 2], [500, 2], [501, 3]])('F2.2.2: %s ms is in band %s', (ms, wanted) => {
    expect(band(ms)).toBe(wanted);
  });
  it.each([[400, 1000, -2], [800, 1000, -1], [950, 1000, 0], [1100, 1000, 0], [1200, 1000, 1], [1600, 1000, 2], [null, 1000, null], [100, null, null], [100, 0, null]])('%s against %s ms is %s', (ms, compared, step) => {
    expect(ratioStep(ms, compared)).toBe(step);
  });
  it.each([[null, 'dim', '–'], [9.4, 'dim', '+9 %'], [18.4, 't-degraded strong', '+18 %'], [286.1, 't-down strong', '+286 %'], [-12.2, 't-healthy strong', '−12 %'], [0, 'dim', '0 %']])('a change of %s is %s', (pct, look, words) => {
    expect(changeLook(pct)).toBe(look);
    expect(changeWords(pct)).toBe(words);
  });
});

describe('words', () => {
  it.each([['shop', 'shop'], ['__overflow__', 'Other services, over the limit']])('the service %s is %s', (service, words) => {
    expect(serviceWords(service)).toBe(words);
  });
  it('R2.2.3: tells how many requests there are of those needed', () => {
    expect(insufficientWords(41)).toBe('Insufficient data, 41 of 100 requests');
    expect(insufficientWords(0)).toBe('Insufficient data, no requests');
  });
  it('tells an hour, and what it is compared with', () => {
    const hour = { point: { p50: 20, p95: 400, p99: 812, count: 4000 }, bound: 0.5415 };
    const words = 'P50 20 ms, P95 400 ms, P99 812 ms, 4,000 requests, ±0.54 %';
    expect(hourWords({ ...hour, quantile: 'p95', compared: 320, compare: 'last_week' })).toBe(`${words}; P95 a week ago 320 ms, +25 %`);
    expect(hourWords({ ...hour, compared: 640, compare: 'none' })).toBe(words);
    expect(hourWords({ ...hour, compared: null, compare: 'yesterday' })).toBe(words);
    expect(hourWords({ ...hour, point: { ...hour.point, count: 99 } })).toBe('Insufficient data, 99 of 100 requests');
  });
  it('writes errors and ticks short', () => {
    expect([0, 0.31, 6.2, 63].map(formatErrors)).toEqual(['0 %', '0.31 %', '6.2 %', '63 %']);
    expect([0.5, 25, 840, 1000, 2500].map(formatTick)).toEqual(['0.5 ms', '25 ms', '840 ms', '1 s', '2.5 s']);
  });
});

describe('an endpoint in an address', () => {
  it.each([{ method: 'POST', service: 'payments-api', path: '/api/payments' }, { method: 'RPC', service: 'a b', path: 'shop.Inventory/Reserve' }, { method: 'GET', service: 'edge', path: '/with space/{id}' }])('is read as it was written: $path', (endpoint) => {
    expect(endpointOf(endpointId(endpoint))).toEqual(endpoint);
  });
  it.each(['', null, 'GET', 'GET shop'])('is none in %s', (text) => expect(endpointOf(text)).toBeNull());
  it('may be mangled', () => expect(endpointOf('GET %E0%A4%A /x').service).toBe('%E0%A4%A'));
});

describe('hours', () => {
  const starts = hourStarts('2026-11-22T15:00:00Z');
  it('I2.2.3: are the running one and the 23 before it', () => {
    expect(starts).toHaveLength(24);
    expect(new Date(starts[0]).toISOString()).toBe('2026-11-22T15:00:00.000Z');
    expect(hourSpan(starts[23], 'UTC')).toBe('14:00 to 15:00');
  });
  it('are chosen by a stretch of time', () => {
    const within = (from, to) => hoursWithin(starts, from && Date.parse(from), to && Date.parse(to));
    expect(within('2026-11-22T17:00Z', '2026-11-22T20:00Z')).toEqual([2, 4]);
    expect(within('2026-11-20T17:00Z', '2026-11-22T15:30Z')).toEqual([0, 0]);
    expect(within('2026-11-20T17:00Z', '2026-11-22T15:00Z')).toBeNull();
    expect(within(null, null)).toBeNull();
  });
  it('are found by a moment in them', () => {
    expect(hourIndex(starts, Date.parse('2026-11-23T14:59:00Z'))).toBe(23);
    expect(hourIndex(starts, Date.parse('2026-11-21T14:59:00Z'))).toBe(-1);
    expect(hourIndex(starts, null)).toBe(-1);
  });
});

describe('order and filter', () => {
  const of = (path, p99, count, more) => ({ method: 'GET', service: 'shop', path, p99, p95: p99, p50: p99, count, state: p99 ? 'ok' : 'insufficient_data', change_pct: null, ...more });
  const all = [of('/few', null, 41), of('/slow', 900, 200), of('/busy', 10, 5000, { change_pct: 40 })];
  const names = (list) => list.map(({ path }) => path);
  it.each([['p99', ['/slow', '/busy', '/few']], ['p50', ['/slow', '/busy', '/few']], ['count', ['/busy', '/slow', '/few']], ['change', ['/busy', '/slow', '/few']]])('F2.2.5: sorts by %s', (sort, wanted) => {
    expect(names(sortEndpoints(all, sort))).toEqual(wanted);
  });
  it('finds what holds every word', () => {
    expect(names(filterEndpoints(all, ' get BUSY '))).toEqual(['/busy']);
    expect(filterEndpoints(all, '')).toHaveLength(3);
  });
});

describe('scales', () => {
  it('are logarithmic and hold what lies outside at the edge', () => {
    const x = logScale([1, 100], [0, 200]);
    expect([1, 10, 100, 1000, 0].map(x)).toEqual([0, 100, 200, 200, 0]);
    expect(logScale([5, 5], [0, 10])(5)).toBe(0);
  });
  it('have round ticks, fewer where there is less room', () => {
    expect(logTicks([20, 600])).toEqual([25, 50, 100, 250, 500]);
    expect(logTicks([1, 1000], 7)).toEqual([1, 5, 10, 50, 100, 500, 1000]);
    expect(logTicks([1, 1000], 4)).toEqual([1, 10, 100, 1000]);
    expect(logDomain([130, 3120])).toEqual([100, 5000]);
  });
});

describe('histogram', () => {
  const buckets = [[0, 50, 3], [50, 100, 0], [100, 200, 6], [200, 400, 1]].map(([lower, upper, count]) => ({ range: '', lower_ms: lower, upper_ms: upper, count }));
  it('I2.2.2: has a bar for each bucket, as high as its count', () => {
    const scales = histogramScales({ buckets, compared: null }, { top: 0, bottom: 100, left: 0, right: 400 });
    expect(buckets.map((_, at) => Math.round(scales.bar(at).y))).toEqual([50, 100, 0, 83]);
    expect(scales.peak).toBe(2);
    expect([-5, 99, 101, 500].map(scales.at)).toEqual([0, 0, 1, 3]);
    expect(buckets.map((bucket) => bucketBand(bucket))).toEqual([1, 1, 2, 2]);
  });
  it('counts a range, in either direction', () => {
    expect(rangeWords(buckets, [3, 2], 10)).toBe('7 requests, 70 %, 100 ms to 400 ms');
    expect(rangeWords(buckets, [2, 9], 10)).toBe('7 requests, 70 %, 100 ms to 400 ms');
    expect(rangeWords([], null, 0)).toBe('0 requests');
    expect(rangeWords(buckets, null, 10)).toBe('10 requests. Drag over bars to count a part of them.');
  });
});

describe('trend', () => {
  const points = [[100, 0], [null, 1], [400, 2], [200, 3]].map(([p99, hour]) => ({ at: `2026-11-23T0${hour}:00:00Z`, p99, p95: p99 && 90, p50: p99 && 88 }));
  const scales = trendScales({ points, compared: null }, { top: 0, bottom: 100, left: 0, right: 300 });
  it('F2.2.4: leaves a gap where there is no value', () => {
    expect(linePath(points, 'p99', scales)).toMatch(/^M0\.0 [\d.]+h0M200\.0 [\d.]+h0L300\.0 [\d.]+$/);
    expect(trendScales({ points: [points[1]], compared: null }, {})).toBeNull();
  });
  it('keeps labels apart', () => {
    const ys = endLabels(points, scales).map(({ labelY }) => labelY);
    expect(ys[1] - ys[0]).toBeGreaterThanOrEqual(13);
    expect(ys[2] - ys[1]).toBeGreaterThanOrEqual(13);
  });
  it('marks what happened within it', () => {
    expect(momentsBetween(points, [{ at: '2026-11-23T02:30:00Z' }, { at: '2026-11-22T02:30:00Z' }]).map(({ index }) => index)).toEqual([2]);
    expect(timeTicks(24, 444)).toEqual([2, 6, 10, 14, 18, 22]);
    const trend = { points, step_seconds: 3600 };
    const span = (from, to) => spanBetween(trend, [Date.parse(from), Date.parse(to)]);
    expect(span('2026-11-23T01:00Z', '2026-11-23T03:00Z')).toEqual([0.5, 2.5]);
    expect(span('2026-11-22T01:00Z', '2026-11-22T03:00Z')).toBeNull();
  });
});

describe('keys in a grid', () => {
  const places = [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [2, 0], [2, 2]];
  it.each([['ArrowRight', [1, 1], [1, 2]], ['ArrowLeft', [2, 2], [2, 0]], ['ArrowRight', [1, 2], undefined], ['ArrowDown', [1, 1], [2, 0]], ['ArrowUp', [1, 2], [0, 1]], ['j', [0, 0], [1, 0]], ['k', [2, 0], [1, 0]], ['PageDown', [0, 0], [2, 0]], ['PageUp', [2, 2], [0, 1]], ['Home', [1, 2], [1, 0]], ['End', [1, 0], [1, 2]], ['x', [1, 0], undefined]])('%s leads from %s to %s', (key, from, to) => {
    expect(nextPlace(places, from, { key })).toEqual(to);
  });
  it('go to the corners with Ctrl', () => {
    expect(nextPlace(places, [1, 1], { key: 'Home', ctrlKey: true })).toEqual([0, 0]);
    expect(nextPlace(places, [1, 1], { key: 'End', ctrlKey: true })).toEqual([2, 2]);
  });
});
