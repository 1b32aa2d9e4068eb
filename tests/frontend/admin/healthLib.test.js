import { describe, expect, it } from 'vitest';
import cases from '../../contracts/propagation/cases.json';
import { agedServices } from '../../../frontend/src/lib/agedServices.js';
import { dayWords } from '../../../frontend/src/lib/dayWords.js';
import { filterServices, parseFilter } from '../../../frontend/src/lib/filterServices.js';
import { layoutGraph, nodeWidth, shapeOf } from '../../../frontend/src/lib/graphLayout.js';
import { causePath, wouldCycle } from '../../../frontend/src/lib/graphPaths.js';
import { gridRows } from '../../../frontend/src/lib/gridRows.js';
import { keepPlaces } from '../../../frontend/src/lib/groupServices.js';
import { spans, windowFrom, windowsOn } from '../../../frontend/src/lib/maintenanceTimes.js';
import { nodeLine } from '../../../frontend/src/lib/nodeWords.js';
import { phaseScale, phaseWord } from '../../../frontend/src/lib/phases.js';
import { idFrom, leanSpec, newSpec, thresholdWords } from '../../../frontend/src/lib/serviceSpec.js';
import { sortServices } from '../../../frontend/src/lib/sortServices.js';
import { ownerWords, sourceWords } from '../../../frontend/src/lib/sourceWords.js';
import { specYaml } from '../../../frontend/src/lib/specYaml.js';
import { whatIf } from '../../../frontend/src/lib/whatIf.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';

const { services } = golden('health/board');
const ids = (list) => list.map(({ id }) => id);

describe('what if', () => {
  it.each(cases.map((one, at) => [at, one]))('F2.1.3: spreads health as the server does, case %i', (_, { nodes, edges, down, want, impaired }) => {
    const after = whatIf({ nodes, edges, cycles: [], root_causes: [] }, down);
    const got = after.nodes.map((node) => [node.id, { effective: node.effective, at_risk: node.at_risk, root_causes: node.root_causes, is_root_cause: node.is_root_cause }]);
    expect(Object.fromEntries(got)).toEqual(want);
    expect(after.edges.filter((edge) => edge.impaired).map((edge) => [edge.source, edge.target]).sort()).toEqual(impaired);
  });
});

describe('the filter', () => {
  it('reads words, keys, quotes and leaving out', () => {
    expect(parseFilter('group:"order desk" -tag:batch api: 10:30')).toEqual([
      { key: 'group', value: 'order desk', negated: false },
      { key: 'tag', value: 'batch', negated: true },
      { key: null, value: 'api:', negated: false },
      { key: null, value: '10:30', negated: false },
    ]);
  });

  it.each([
    ['status:down', ['ledger-db']],
    ['kind:grpc is:flapping', ['inventory']],
    ['group:shop tag:payments -status:down', ['payments-api', 'checkout']],
    ['is:risk search', []],
    ['source:api', ['search', 'inventory']],
    ['refused', ['ledger-db']],
  ])('%s', (text, wanted) => {
    expect(ids(filterServices(services, { text }))).toEqual(wanted);
  });

  it('answers for 1,000 services well within a keystroke', () => {
    const many = Array.from({ length: 1000 }, (_, at) => ({ ...services[at % 20], id: `svc-${at}`, name: `svc-${at}` }));
    expect(filterServices(many, { text: 'svc-99 group:shop', statuses: ['healthy'] }).length).toBeGreaterThan(0);
  });
});

describe('age and order', () => {
  const fresh = services.find(({ id }) => id === 'identity');

  it('lets nothing look healthy past its limit, but leaves paused services and maintenance alone', () => {
    const later = goldenNow.getTime() + 600_000;
    expect(agedServices([fresh], goldenNow.getTime())[0]).toBe(fresh);
    expect(agedServices([fresh], later)[0]).toMatchObject({ effective: 'unknown', overlays: ['stale'] });
    expect(agedServices([{ ...fresh, overlays: ['paused'] }], later)[0].overlays).toEqual(['paused']);
  });

  it.each([
    ['name', 'alert_svc'],
    ['-name', 'ws_svc'],
    ['uptime', 'sms-gateway'],
    ['duration', 'search'],
    ['group', 'alert_svc'],
    ['checked', null],
    ['', 'ledger-db'],
  ])('sorts by %s', (sort, first) => {
    const sorted = ids(sortServices(services, sort));
    expect(sorted).toHaveLength(services.length);
    if (first) expect(sorted[0]).toBe(first);
  });

  it('keeps places: what is gone goes, what is new comes last', () => {
    const group = (name, members) => ({ name, ids: members, calm: false });
    expect(keepPlaces([group('a', ['1', '2', '3']), group('b', ['9'])], [group('c', ['7']), group('a', ['4', '3', '1'])])).toEqual([group('a', ['1', '3', '4']), group('c', ['7'])]);
  });

  it('gives an open card a row of its own and leaves no hole', () => {
    const rows = gridRows([{ name: 'a', ids: ['1', '2', '3', '4'] }], { columns: 2, openIds: new Set(['2']), isFolded: () => false });
    expect(rows.map((row) => row.ids)).toEqual([[], ['1', '3'], ['2'], ['4']]);
  });
});

describe('the map', () => {
  const map = golden('health/dependencies');

  it('puts dependents above what they need, nobody on top of another, and at most four in a row of free ends', () => {
    const places = layoutGraph(map);
    for (const { source, target } of map.edges) expect(places.get(source).y).toBeLessThan(places.get(target).y);
    const taken = [...places.values()].map(({ x, y }) => `${x} ${y}`);
    expect(new Set(taken).size).toBe(map.nodes.length);
    expect(Math.max(...[...places.values()].map(({ x }) => x)) + nodeWidth).toBeLessThanOrEqual(592);
  });

  it('begins with what fails, also without a link, and ends with Belfry itself', () => {
    const node = (id, group, effective) => ({ id, group, effective });
    const nodes = [node('reports', 'Shop', 'down'), node('gateway', 'Belfry', 'healthy'), node('nats', 'Belfry', 'healthy'), node('cart', 'Shop', 'healthy'), node('stock', 'Shop', 'healthy')];
    const places = layoutGraph({ nodes, edges: [{ source: 'gateway', target: 'nats' }, { source: 'cart', target: 'stock' }], cycles: [] });
    expect([...places].toSorted(([, a], [, b]) => a.y - b.y).map(([id]) => id)).toEqual(['reports', 'cart', 'stock', 'gateway', 'nats']);
  });

  it('stays the same while only health changes', () => {
    expect(shapeOf({ ...map, nodes: map.nodes.map((node) => ({ ...node, status: 'down' })) })).toBe(shapeOf(map));
  });

  it('tells the way to the root cause, from either end', () => {
    expect(causePath('checkout', map)).toEqual(['checkout', 'payments-api', 'ledger-db']);
    expect(causePath('search', map)).toEqual(['storefront', 'catalog-api', 'search']);
    expect(causePath('identity', map)).toEqual([]);
    expect(causePath('nobody', map)).toEqual([]);
  });

  it('knows which dependency would close a circle', () => {
    expect(wouldCycle('payments-api', map.edges)).toEqual(new Set(['payments-api', 'checkout', 'storefront']));
  });

  it.each([
    [{ known: false }, 'not monitored'],
    [{ overlays: ['paused'] }, 'paused'],
    [{ overlays: ['maintenance'] }, 'maintenance'],
    [{ status: 'degraded', effective: 'degraded', reason: 'Answered in 812 ms, degraded above 500 ms' }, 'took 812 ms'],
    [{ status: 'unknown', effective: 'unknown', reason: 'No result for 3 min, expected within 40 s' }, 'no result 3 min'],
  ])('says the reason in one short line', (changes, line) => {
    expect(nodeLine({ status: 'healthy', effective: 'healthy', overlays: [], known: true, reason: '', ...changes }, 'effective')).toBe(line);
  });
});

describe('words', () => {
  const day = { worst: 'healthy', uptime_pct: 100, coverage_pct: 100, outages: 0, healthy_seconds: 0, down_seconds: 0, degraded_seconds: 0, maintenance_seconds: 0 };

  it.each([
    [{}, 'No outage'],
    [{ worst: 'no_data' }, 'No data'],
    [{ outages: 2, down_seconds: 510, degraded_seconds: 60 }, '2 outages, 8 min 30 s, degraded for 1 min'],
    [{ maintenance_seconds: 7200, coverage_pct: 87.4 }, 'Maintenance for 2 h, 87 % measured'],
    [{ outages: 1, down_seconds: 40, healthy_seconds: 20, coverage_pct: 0.07 }, '1 outage, 40 s, measured for 1 min'],
  ])('of a day', (changes, words) => {
    expect(dayWords({ ...day, ...changes })).toBe(words);
  });

  it('of thresholds', () => {
    expect(thresholdWords({ failure_threshold: 1, success_threshold: 2, interval_seconds: 30 })).toBe('Down after 1 failure, at once. Healthy again after 2 passes in a row, about 1 min.');
  });

  it.each([
    [{ kind: 'file', path: 'belfry.yaml', line: 4 }, 'belfry.yaml, read only', /line 4/],
    [{ kind: 'nats' }, 'found on NATS', /announces itself/],
    [{ kind: 'kubernetes', path: 'shop/checkout' }, 'shop/checkout on Kubernetes', /annotations of shop\/checkout/],
    [{ kind: 'self' }, 'Belfry itself', /watches itself/],
    [{ kind: 'heartbeat' }, 'from its first heartbeat', /./],
  ])('of a source', (source, words, owner) => {
    expect(sourceWords(source)).toBe(words);
    expect(ownerWords(source)).toMatch(owner);
  });
});

describe('phases', () => {
  const phases = [{ name: 'dns', duration_ms: 100 }, { name: 'first_byte', duration_ms: 300 }];

  it('puts the timeout on the bar when it is near, and beyond its end when it is far', () => {
    expect(phaseScale(phases, 1000).budgetPct).toBeCloseTo(96.15, 1);
    expect(phaseScale(phases, 5000).budgetPct).toBeNull();
    expect(phaseScale(phases, 5000).parts[1]).toMatchObject({ startPct: 25, widthPct: 75 });
    expect(phaseWord('first_byte')).toBe('First byte');
    expect(phaseWord('auth_step')).toBe('Auth step');
  });
});

describe('a service as it is written', () => {
  it('proposes an id from the name', () => {
    expect(idFrom('  Größe & Preis (EU) ')).toBe('gro-e-preis-eu');
  });

  it('leaves out what is as it would be anyway, and quotes what YAML would misread', () => {
    const spec = { ...newSpec('tcp'), id: 'ledger', name: '', tags: ['a b', 'yes'], dependencies: [{ id: 'db', kind: 'required' }] };
    spec.checks[0] = { ...spec.checks[0], host: 'db', port: 5432, expect: '# ok', critical: true };
    expect(specYaml(leanSpec(spec))).toBe(
      ['services:', '  - id: ledger', '    dependencies:', '      - id: db', '        kind: required', '    tags: [a b, "yes"]', '    checks:', '      - kind: tcp', '        host: db', '        port: 5432', '        expect: "# ok"', '        critical: true'].join('\n'),
    );
  });
});

describe('maintenance', () => {
  const service = { id: 'search', name: 'search', group: 'Shop' };

  it('starts now, for the service or its group', () => {
    const now = goldenNow.getTime();
    expect(windowFrom({ title: '', note: ' x ', scope: 'group', seconds: 5 }, service, now)).toEqual({ title: 'Work on Shop', note: 'x', service_ids: [], groups: ['Shop'], starts_at: goldenNow.toISOString(), duration_seconds: 60 });
    const untilNine = spans.find(([id]) => id === 'tomorrow')[2](now);
    expect(new Date(now + untilNine * 1000).getHours()).toBe(9);
  });

  it('finds the windows that are on for a service', () => {
    const on = (spec, active = true) => ({ active, spec: { service_ids: [], groups: [], ...spec } });
    const all = [on({}), on({ groups: ['Shop'] }), on({ service_ids: ['search'] }, false), on({ service_ids: ['other'] })];
    expect(windowsOn(all, service)).toEqual([all[0], all[1]]);
  });
});
