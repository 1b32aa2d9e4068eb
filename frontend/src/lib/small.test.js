import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { golden } from '../test/golden.js';
import { announce, announced } from './announce.js?alone'; // nothing was said before
import { boardChanges } from './boardChanges.js';
import { browserName } from './browserName.js';
import { csv } from './csv.js';
import { fuzzyScore } from './fuzzy.js';
import { lastUsed, noteUsed } from './lastUsed.js';
import { newPassword } from './newPassword.js';
import { nextPath } from './nextPath.js';
import { listed } from './sentences.js';
import { failingFirst, tally } from './status.js';
import { tokenState } from './tokenState.js';

describe('sentences', () => {
  it.each([[['a'], 'a'], [['a', 'b'], 'a and b'], [['a', 'b', 'c'], 'a, b and c'], [['a', 'b', 'c', 'd'], 'a, b and 2 more'], [[], '']])('%j reads %s', (names, text) => {
    expect(listed(names)).toBe(text);
  });
});

describe('where to go after signing in', () => {
  it.each([
    ['/admin/health?open=ledger-db', '/admin/health?open=ledger-db'],
    ['https://elsewhere.example', '/admin'],
    ['//elsewhere.example', '/admin'],
    ['/\\elsewhere.example', '/admin'],
    [null, '/admin'],
  ])('%s leads to %s', (next, path) => {
    expect(nextPath(next)).toBe(path);
  });
});

describe('csv', () => {
  it('quotes what needs it and disarms formulas', () => {
    expect(csv(['who', 'what'], [{ who: 'a "b", c', what: '=1+1' }])).toBe('who,what\r\n"a ""b"", c",\'=1+1');
  });
});

describe('fuzzy search', () => {
  it('finds letters in order and prefers whole words', () => {
    expect(fuzzyScore('ledger-db', 'ldb')).toBeGreaterThan(0);
    expect(fuzzyScore('ledger-db', 'xyz')).toBe(0);
    expect(fuzzyScore('ledger-db', 'ledger')).toBeGreaterThan(fuzzyScore('ledger-db', 'lgr'));
  });
});

describe('last used', () => {
  it('keeps the newest first, once', () => {
    noteUsed('a');
    noteUsed('b');
    noteUsed('a');
    expect(lastUsed()).toEqual(['a', 'b']);
  });

  it('starts afresh when somebody else wrote there', () => {
    localStorage.setItem('belfry.lastUsed', '{"broken');
    expect(lastUsed()).toEqual([]);
  });
});

describe('the order and the counts of services', () => {
  it('puts failing ones first, then at risk, then by name', () => {
    const names = failingFirst(golden('health/board').services).map(({ name }) => name);
    expect(names.slice(0, 8)).toEqual(['ledger-db', 'payments-api', 'search', 'sms-gateway', 'notifications', 'catalog-api', 'checkout', 'storefront']);
  });

  it('counts as the server counts', () => {
    const { services, counts } = golden('health/board');
    const { risk, ...rest } = tally(services);
    expect({ ...rest, at_risk: risk, all: services.length }).toEqual(counts);
  });
});

describe('what changed between two boards', () => {
  const down = (services) => services.map((service) => (service.id === 'identity' ? { ...service, effective: 'down', root_causes: ['identity'] } : service.id === 'inventory' ? { ...service, effective: 'degraded', root_causes: ['identity'] } : service));

  it('tells root causes with the number of those they affect', () => {
    const { services } = golden('health/board');
    expect(boardChanges(services, down(services))).toEqual(['identity is down, 1 service affected.']);
  });

  it('is silent when nothing changed', () => {
    const { services } = golden('health/board');
    expect(boardChanges(services, services)).toEqual([]);
  });
});

describe('announcements', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it('come once in five seconds, merged', () => {
    announce('One.');
    announce('Two.');
    announce('Three.');
    expect(announced.get()).toBe('One.');
    vi.advanceTimersByTime(5000);
    expect(announced.get()).toBe('Two. Three.');
  });
});

describe('tokens', () => {
  const now = Date.parse('2026-11-23T00:00:00Z');
  it.each([[null, 'endless'], ['2026-11-22T00:00:00Z', 'ended'], ['2026-12-01T00:00:00Z', 'ending'], ['2027-06-01T00:00:00Z', 'valid']])('that end %s are %s', (at, state) => {
    expect(tokenState({ expires_at: at }, now)).toBe(state);
  });
});

it('makes passwords that differ and are long', () => {
  expect(newPassword()).toMatch(/^[a-zA-Z2-9]{20}$/);
  expect(newPassword()).not.toBe(newPassword());
});

it('names browsers', () => {
  expect(browserName('Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0')).toBe('Firefox on Linux');
  expect(browserName('something else')).toBe('something else');
});
