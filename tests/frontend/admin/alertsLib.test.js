import { describe, expect, it } from 'vitest';
import { channelSpec, newChannel, newSigningSecret } from '../../../frontend/src/lib/channelDraft.js';
import { matches, matcherText, parseMatcher, selectorWords } from '../../../frontend/src/lib/matchers.js';
import { formatMetric, holdWords } from '../../../frontend/src/lib/metricValue.js';
import { previewBands, previewRows, previewScales, previewTicks, roundedLine, thinned } from '../../../frontend/src/lib/previewShape.js';
import { ruleDiff } from '../../../frontend/src/lib/ruleDiff.js';
import { draftOf, metricNamed, newDraft, specOf, withMetric } from '../../../frontend/src/lib/ruleDraft.js';
import { ruleErrors } from '../../../frontend/src/lib/ruleErrors.js';
import { conditionLine, pendingShare, proposedName, stateLine } from '../../../frontend/src/lib/ruleWords.js';
import { ruleYaml } from '../../../frontend/src/lib/ruleYaml.js';
import { testWords } from '../../../frontend/src/lib/testWords.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';

const rule = golden('alerts/rule');
const { metrics } = golden('alerts/metrics');
const levels = { healthy: 0, degraded: 1, down: 2 };

it.each([
  [268, 'ms', '268 ms'], [4.04, 'ms', '4 ms'], [3120, 'ms', '3.12 s'], [6.31, '%', '6.31 %'], [1204, '/s', '1,204/s'], [93_600, 's', '26 h'], [0.2, 's', '0.2 s'], [61, 'd', '61 d'], [null, 'ms', '–'], [0.00123, '', '0.00123'],
])('%s %s is %s', (value, unit, words) => expect(formatMetric(value, unit)).toBe(words));

it('says values by their words, and waits in the unit that reads best', () => {
  expect(formatMetric(2, '', levels)).toBe('down');
  expect([90, 300, 0, 3600, 5400, 172_800].map(holdWords)).toEqual(['90 s', '5 min', '0 s', '1 h', '1 h 30 min', '2 d']);
});

describe('matchers', () => {
  it('are read as they are typed', () => {
    expect(parseMatcher('service=checkout')).toEqual({ label: 'service', match: '=', value: 'checkout' });
    expect(parseMatcher(' path =~ "/api/.*" ')).toEqual({ label: 'path', match: '=~', value: '/api/.*' });
    expect(parseMatcher('queue != a=b')).toEqual({ label: 'queue', match: '!=', value: 'a=b' });
    expect([parseMatcher('checkout'), parseMatcher('=x')]).toEqual([null, null]);
    expect(matcherText({ label: 'a', match: '!~', value: 'b' })).toBe('a !~ b');
  });

  it('match whole values; what this browser cannot read matches nothing', () => {
    const labels = { service: 'payments-api' };
    const holds = (text) => matches([parseMatcher(text)], labels);
    expect(['service =~ payments.*', 'service =~ payments', 'service != x', 'other = ', 'service =~ (', 'service !~ pay'].map(holds)).toEqual([true, false, true, true, false, true]);
    expect(selectorWords(rule.selector)).toBe('/api/checkout');
    expect(selectorWords([parseMatcher('service=a'), parseMatcher('queue!=b')])).toBe('a, queue ≠ b');
  });
});

describe('a rule in words', () => {
  it('its condition and its state', () => {
    expect(conditionLine({ ...rule, operator: '!=', threshold: 1, duration: 0, unit: '' }, levels)).toBe('latency.p99 ≠ degraded');
    const at = (changes) => stateLine({ ...rule, ...changes }, goldenNow.getTime(), levels);
    expect(at({ state: 'pending', duration: 90, since: '2026-11-23T14:07:50Z' })).toBe('Pending, 30 of 90 s');
    expect(at({ state: 'recovering', since: '2026-11-23T14:07:20Z' })).toBe('Recovering, 1 min');
    expect(at({ state: 'no_data', series: 0 })).toBe('No series matches');
    expect(at({ state: 'resolved', value: 64, unit: '%' })).toBe('OK, 64 %');
    expect(pendingShare({ since: '2026-11-23T14:08:00Z', pending_until: '2026-11-23T14:09:00Z' }, goldenNow.getTime())).toBeCloseTo(1 / 3);
  });

  it('proposes a name, and starts with lines that are usual for its metric', () => {
    const draft = newDraft({ metric: 'latency.p99' }, metrics);
    expect(draft).toMatchObject({ operator: '>', threshold: 500, recovery_threshold: 400, min_samples: 100 });
    expect(specOf(draft, metricNamed(metrics, 'latency.p99')).name).toBe('P99 over 500 ms');
    expect(withMetric(draft, { name: 'health.tls_days', worse: 'lower', labels: ['service'] })).toMatchObject({ operator: '<', threshold: 14, min_samples: 0, recovery_threshold: null });
    expect(withMetric(draft, metricNamed(metrics, 'queue.depth'))).toMatchObject({ threshold: null, group_by: ['queue'] });
    expect(proposedName({ metric: '' }, {}, '')).toBe('');
  });

  it('what differs, by field; the server’s words, with the value that would do', () => {
    const before = draftOf(rule);
    expect(ruleDiff(before, { ...before, selector: [], enabled: false, duration: 60 }).map(({ label, from, to }) => `${label}: ${from}, ${to}`)).toEqual(['Only for: service = checkout, path = /api/checkout, none', 'For at least: 5 min, 1 min', 'Active: yes, no']);
    const errors = ruleErrors([{ field: 'rule.recovery_threshold', message: 'must be below 500 ms', fix: 400 }, { field: 'selector[0].value', message: 'is not a pattern: x', fix: 'y' }, { field: 'channels[1]', message: 'there is no channel x' }]);
    expect(Object.fromEntries(errors)).toEqual({ recovery_threshold: { text: 'Recovery must be below 500 ms', fix: 400 }, selector: { text: 'Only for is not a pattern: x', fix: undefined }, channels: { text: 'There is no channel x', fix: undefined } });
  });

  it('as YAML, without what is usual', () => {
    expect(ruleYaml({ ...rule, selector: [{ label: 'service', match: '=~', value: 'pay.*' }] })).toContain('    selector:\n      - label: service\n        match: "=~"\n        value: "pay.*"');
    expect(ruleYaml(rule)).not.toContain('mute_timings');
  });
});

describe('the picture of a preview', () => {
  const preview = golden('alerts/preview');

  it('thins to what is worst for the rule', () => {
    const values = Array.from({ length: 1440 }, (_, at) => (at % 3 ? 1 : at));
    expect(thinned(values, '>')).toHaveLength(480);
    expect(thinned([5, null, 1], '<')).toEqual([5, null, 1]);
    expect(thinned([...values.slice(0, 600)], '<')[10]).toBe(1);
  });

  it('has an axis that holds every value and line, below zero too, and words where values have them', () => {
    expect(previewTicks(preview, {})).toEqual([0, 200, 400, 600, 800]);
    const below = previewTicks({ ...preview, series: [{ values: [-30, 80] }], threshold: 50, recovery_threshold: null }, {});
    expect([below[0] <= -30, below.at(-1) >= 80]).toEqual([true, true]);
    expect(previewTicks(preview, levels)).toEqual([0, 1, 2]);
    const scales = previewScales(preview, {}, { top: 8, bottom: 196, left: 40, right: 422 });
    expect([scales.y(0), scales.y(800), scales.y(9000), scales.valueAt(102)]).toEqual([196, 8, 8, 400]);
    expect(scales.momentAt(0)).toBe(Date.parse(preview.from_at));
    expect(roundedLine(523.4, scales.ticks)).toBe(520);
  });

  it('joins what overlaps; its table says the worst of each hour', () => {
    const span = (state, from, to) => ({ title: 'a', state, from_at: from, to_at: to });
    const bands = previewBands({ to_at: '2026-11-23T12:00:00Z', spans: [span('firing', '2026-11-23T10:00:00Z', '2026-11-23T11:00:00Z'), span('recovering', '2026-11-23T11:00:00Z', '2026-11-23T11:05:00Z'), span('no_data', '2026-11-23T09:00:00Z', null), span('pending', '2026-11-23T11:59:00Z', null)] });
    expect(bands.map(({ state, from, to }) => [state, (to - from) / 60_000])).toEqual([['pending', 1], ['firing', 65]]);
    const rows = previewRows(preview, '>');
    expect(rows).toHaveLength(24);
    expect(rows[0]).toMatchObject({ value: 655, state: 'firing' });
  });
});

it('a channel is sent without what is empty or does not count', () => {
  const sms = { ...newChannel('sms'), name: ' on call ', provider: 'http', account_sid: 'AC1', url: 'https://sms.example', auth_token: '' };
  expect(channelSpec(sms)).toEqual({ kind: 'sms', name: 'on call', enabled: true, fallback: null, provider: 'http', url: 'https://sms.example' });
  expect(newSigningSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(testWords('#ops', {}).text).toBe('Sending to #ops');
  expect(testWords('', { result: { success: true, duration_ms: 41 } }).text).toBe('Accepted in 41 ms.');
});
