import { describe, expect, it } from 'vitest';
import { closedWords } from '../../../frontend/src/lib/closeCodes.js';
import { ariaSort, isConnectionSort, nextSort, sortChoices } from '../../../frontend/src/lib/connectionWords.js';
import { formatAxisCount, formatRate } from '../../../frontend/src/lib/formatNumber.js';
import { isKnown, forgetPositions, moveTo, notePosition, positionOf } from '../../../frontend/src/lib/positions.js';
import { joined, missingSeconds, rateColumns, rateRows } from '../../../frontend/src/lib/rateHistory.js';
import { countScale } from '../../../frontend/src/lib/scales.js';
import { retryMs, usualTiming } from '../../../frontend/src/api/socket.js';

const at = (second) => new Date(Date.UTC(2026, 10, 23, 14, 0, second)).toISOString();
const point = (second, sent = second) => ({ at: at(second), active: 10, msg_out_rate: sent, msg_in_rate: 1, error_rate: 0 });

describe('the history of rates', () => {
  it('is joined by the second, in order, the newer piece wins', () => {
    expect(joined([point(1), point(3)], [point(2), point(3, 99)]).map(({ msg_out_rate: sent }) => sent)).toEqual([1, 2, 99]);
  });

  it('has a gap where more than three seconds are missing', () => {
    expect(rateColumns([point(0), point(3), point(10)])[1]).toEqual([0, 3, null, 10]);
    expect(rateColumns([])).toEqual([[], [], []]);
  });

  it('asks for ten minutes, or for what is missing', () => {
    expect(missingSeconds([])).toBe(600);
    expect(missingSeconds([point(0)], Date.parse(at(0)))).toBe(10);
    expect(missingSeconds([point(0)], Date.parse(at(60)))).toBe(65);
    expect(missingSeconds([point(0)], Date.parse(at(4000)))).toBe(600);
  });

  it('is a table of means', () => {
    const rows = rateRows([point(0, 10), point(1, null), point(2, 30), point(12, 5)]);
    expect(rows.map(({ sent }) => sent)).toEqual([5, 20]);
    expect(rateRows([{ ...point(0), msg_out_rate: null }])[0].sent).toBeNull();
  });
});

describe('numbers', () => {
  it.each([[null, '–'], [0, '0/s'], [0.02, '0.02/s'], [3.44, '3.4/s'], [9.97, '10/s'], [1204.4, '1,204/s']])('a rate of %s is %s', (rate, words) => {
    expect(formatRate(rate)).toBe(words);
  });

  it.each([[0, '0'], [0.5, '0.5'], [500, '500'], [1000, '1 k'], [2_500_000, '2.5 M']])('%s on an axis is %s', (count, words) => {
    expect(formatAxisCount(count)).toBe(words);
  });

  it('axes have round ends', () => {
    expect(countScale(1420, 2)).toEqual([0, 1000, 2000]);
    expect(countScale(2, 2)).toEqual([0, 1, 2]);
    expect(countScale(0, 2)).toEqual([0, 0.5, 1]);
  });
});

describe('sorting connections', () => {
  it('takes columns that exist', () => {
    expect(isConnectionSort('-sent')).toBe(true);
    expect(isConnectionSort('agent')).toBe(false);
    expect(isConnectionSort(null)).toBe(false);
  });

  it('begins as one wants it and turns around', () => {
    expect(nextSort('-connected_at', 'pending_bytes')).toBe('-pending_bytes');
    expect(nextSort('-pending_bytes', 'pending_bytes')).toBe('pending_bytes');
    expect(nextSort('-sent', 'client_ip')).toBe('client_ip');
  });

  it('says what is seen: the newest has the shortest time', () => {
    expect(ariaSort('-connected_at', 'connected_at')).toBe('ascending');
    expect(ariaSort('-sent', 'sent')).toBe('descending');
    expect(ariaSort('node', 'node')).toBe('ascending');
    expect(ariaSort('node', 'sent')).toBeUndefined();
  });

  it('names also what the menu lacks', () => {
    expect(sortChoices('-node').at(-1)).toEqual({ value: '-node', label: 'Sort: node, reversed' });
  });
});

it.each([
  [{ close_code: 4503, close_reason: 'Old tab', closed_by: 'ana' }, 'Closed by ana: Old tab'],
  [{ close_code: 4503, close_reason: '', closed_by: 'ana' }, 'Closed by ana'],
  [{ close_code: 1001, close_reason: '', closed_by: null }, 'The client left'],
  [{ close_code: 4008, close_reason: 'The client reads too slowly', closed_by: null }, 'Read too slowly'],
  [{ close_code: 3000, close_reason: 'Bye', closed_by: null }, 'Bye'],
  [{ close_code: null, close_reason: '', closed_by: null }, 'No reason was given'],
])('why a connection was closed: %o', (connection, words) => {
  expect(closedWords(connection)).toBe(words);
});

describe('positions', () => {
  it('begin with the first answer about a topic and only move on', () => {
    forgetPositions();
    notePosition('/admin/health/services', 'e1:100');
    notePosition('/admin/health/dependencies', 'e1:90');
    notePosition('/auth/me', 'e1:5');
    notePosition('/admin/latency/summary', 'nonsense');
    expect(positionOf('health')).toEqual({ epoch: 'e1', offset: 100 });
    expect(positionOf('latency')).toBeUndefined();
    moveTo('health', { epoch: 'e1', offset: 99 });
    expect(positionOf('health').offset).toBe(100);
    expect([isKnown('health', 100), isKnown('health', 101), isKnown('health', undefined), isKnown('ws', 1)]).toEqual([true, false, false, false]);
    moveTo('health', { epoch: 'e2', offset: 3 });
    expect(positionOf('health')).toEqual({ epoch: 'e2', offset: 3 });
    forgetPositions();
  });
});

it('waits longer before each try, up to half a minute, and never the same for all', () => {
  expect([0, 1, 2, 9].map((attempt) => retryMs(attempt, usualTiming, 1))).toEqual([500, 1000, 2000, 30_000]);
  expect(retryMs(9, usualTiming, 0)).toBe(15_000);
});
