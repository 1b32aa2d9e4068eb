import { describe, expect, it } from 'vitest';
import { formatDuration, formatShortDuration } from './formatDuration.js';
import { formatBytes, formatCount, formatLatency, formatShare, formatUptime, plural } from './formatNumber.js';
import { formatClock, formatExact, formatMoment, formatRelative } from './formatTime.js';

describe('numbers', () => {
  it.each([[9.4, '9.4 ms'], [9.96, '10 ms'], [268, '268 ms'], [999.6, '1.00 s'], [3120, '3.12 s'], [null, '–']])('latency %s is %s', (ms, text) => {
    expect(formatLatency(ms)).toBe(text);
  });

  it.each([[99.999, '99.99 %'], [100, '100 %'], [99.96, '99.96 %'], [0, '0.00 %'], [null, '–']])('uptime %s is floored to %s', (pct, text) => {
    expect(formatUptime(pct)).toBe(text);
  });

  it.each([[63.4, '63 %'], [0.31, '0.31 %'], [0, '0 %']])('share %s is %s', (pct, text) => {
    expect(formatShare(pct)).toBe(text);
  });

  it.each([[312, '312 B'], [3120, '3.1 KB'], [312_000, '312 KB'], [4_200_000, '4.2 MB']])('%s bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('groups thousands and counts in words', () => {
    expect(formatCount(12_377)).toBe('12,377');
    expect(plural(1, 'cause')).toBe('1 cause');
    expect(plural(2, 'cause')).toBe('2 causes');
  });
});

describe('durations', () => {
  it.each([[8, '8 s'], [0, '0 s'], [-3, '0 s'], [372, '6 min 12 s'], [360, '6 min'], [8040, '2 h 14 min'], [273_600, '3 d 4 h'], [NaN, '–']])('%s s is %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('keeps one unit where it is narrow', () => {
    expect(formatShortDuration(372)).toBe('6 min');
  });
});

describe('times', () => {
  const now = Date.parse('2026-11-23T14:08:20Z');

  it.each([
    ['2026-11-23T14:08:12Z', '8 s ago'],
    ['2026-11-23T14:08:20Z', 'just now'],
    ['2026-11-23T14:02:20Z', '6 min ago'],
    ['2026-11-23T14:08:27Z', 'in 7 s'],
    ['2026-11-23T09:00:00Z', '09:00:00'],
    ['2026-11-12T09:40:00Z', 'Thu 12 Nov, 09:40'],
    ['2025-11-12T09:40:00Z', '12 Nov 2025, 09:40'],
    [null, '–'],
  ])('%s is %s', (at, text) => {
    expect(formatRelative(at, 'UTC', now)).toBe(text);
  });

  it('tells the whole truth on demand', () => {
    expect(formatExact('2026-11-23T14:02:08.214Z', 'UTC')).toBe('2026-11-23 14:02:08.214 UTC');
    expect(formatExact('2026-11-23T14:02:08.214Z', 'local')).toMatch(/^2026-11-23 \d\d:\d\d:08\.214 .*\(14:02:08 UTC\)$/);
  });

  it('writes clocks and moments', () => {
    expect(formatClock('2026-11-23T14:02:08Z', 'UTC')).toBe('14:02:08');
    expect(formatMoment('2026-11-23T14:02:08Z', 'UTC', now)).toBe('14:02:08');
  });
});
