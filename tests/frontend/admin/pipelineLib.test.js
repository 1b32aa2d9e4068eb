import { describe, expect, it } from 'vitest';
import { conflictColumns, orderColumns } from '../../../frontend/src/lib/orderConflict.js';
import { mergedOrder, movedSteps, moveTo, neededMoves } from '../../../frontend/src/lib/orderMoves.js';
import { columnsOf, layoutPipeline } from '../../../frontend/src/lib/pipelineLayout.js';
import { brokenRules, nearestPlace, placesOf, switchFault } from '../../../frontend/src/lib/pipelineOrder.js';
import { actorWords, changeWords, costLine, nodeTrouble, revisionBadge, revisionLine, revisionWords, runningWords } from '../../../frontend/src/lib/pipelineWords.js';
import { said } from '../../../frontend/src/lib/stepWords.js';
import { timeShares } from '../../../frontend/src/lib/timeShares.js';
import { golden } from '../../../frontend/src/test/golden.js';

const pipeline = golden('pipeline/pipeline');
const { steps } = pipeline;
const order = steps.map(({ id }) => id);
const placed = (changes) => steps.map((step) => ({ ...step, ...changes[step.id] }));

describe('places of a step', () => {
  it('end where a rule of its own, or of another step, ends them', () => {
    const { from, to, above, below } = placesOf('rate_limit', order, steps);
    expect([from, to]).toEqual([13, 17]);
    expect(above).toEqual({ side: 'above', other: 'auth', reason: 'rate_limit counts by who is signed in, and auth finds that out' });
    expect(below).toBeNull();
    expect(placesOf('cache', order, steps).above.reason).toBe('An answer that is kept is only for those who may read it');
    expect(placesOf('access_log', order, steps)).toMatchObject({ from: 1, to: 5, above: { other: 'request_id' }, below: { other: 'errors' } });
  });

  it('follow the settings: counted by address, rate_limit may stand before auth', () => {
    const byAddress = placed({ rate_limit: { settings: { ...steps[13].settings, count_by: 'ip' } } });
    expect(placesOf('rate_limit', order, byAddress)).toMatchObject({ from: 7, above: { other: 'errors' } });
  });

  it('are one only, for what must be first', () => {
    expect(placesOf('request_id', order, steps)).toMatchObject({ from: 0, to: 0, above: null, below: { other: 'access_log' } });
  });

  it('know the nearest one that is allowed', () => {
    expect(nearestPlace('rate_limit', moveTo(order, 'rate_limit', 2), steps)).toBe(13);
    const impossible = placed({ cors: { constraints: [{ kind: 'after', others: ['auth'], reason: 'x', when: null }, { kind: 'before', others: ['errors'], reason: 'y', when: null }] } });
    expect(nearestPlace('cors', order, impossible)).toBeNull();
  });
});

describe('rules', () => {
  it('that an order breaks are named as the server names them', () => {
    const [refused] = golden('pipeline/validation_refused').violations;
    expect(brokenRules(moveTo(order, 'rate_limit', 11), steps)).toEqual([{ rule: refused.rule, step: 'rate_limit', other: 'auth', message: 'rate_limit not before auth: rate_limit counts by who is signed in, and auth finds that out' }]);
    expect(brokenRules(order, steps)).toEqual([]);
  });

  it('hold for switches, too', () => {
    expect(brokenRules(order, placed({ fault_injection: { enabled: true }, timeout: { enabled: false }, auth: { enabled: false } })).map(({ rule }) => rule)).toEqual(['locked', 'fault_injection_requires_timeout']);
    expect(switchFault('auth', false, steps)).toBe('Always on: the gateway does not run without it.');
    expect(switchFault('cache', true, steps)).toBe('');
    expect(switchFault('timeout', false, placed({ fault_injection: { enabled: true } }))).toBe('fault_injection needs it: a delay must end for the caller at some time. Switch fault_injection off first.');
    expect(switchFault('fault_injection', true, placed({ timeout: { enabled: false } }))).toMatch(/^Needs timeout: .*Switch timeout on first\.$/);
    expect(switchFault('cache', true, placed({ cache: { known: false } }))).toMatch(/no such step/);
  });
});

describe('moves', () => {
  it('are as few as explain an order, and those that were made by hand', () => {
    expect(movedSteps(['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'])).toEqual(['d']);
    expect(movedSteps(['a', 'b'], ['b', 'a'])).toHaveLength(1);
    expect(neededMoves(['a', 'b', 'c'], ['b', 'a', 'c'], ['a'])).toEqual(['a']);
    expect(neededMoves(['a', 'b', 'c'], ['b', 'a', 'c'], ['b'])).toEqual(['b']);
    expect(neededMoves(['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'c'])).toEqual([]);
    expect(neededMoves(['a', 'b', 'c'], ['c', 'a', 'b'], [])).toEqual(['c']);
  });

  it('of two people join as the server joins them', () => {
    const { base_order: base, current_order: theirs, merged_order: merged } = golden('pipeline/order_conflict');
    const mine = moveTo(moveTo(base, 'circuit_breaker', 13), 'rate_limit', 15);
    expect(mergedOrder(base, theirs, mine)).toEqual(merged);
    expect(mergedOrder(base, theirs.slice(1), mine)).toBeNull();
  });

  it('stand in columns from the first difference on', () => {
    const conflict = golden('pipeline/order_conflict');
    const mine = moveTo(moveTo(conflict.base_order, 'circuit_breaker', 13), 'rate_limit', 15);
    const columns = conflictColumns(conflict, mine, ['circuit_breaker', 'rate_limit']);
    expect(columns.same).toBe(7);
    expect(columns.theirs.filter(({ by }) => by)).toEqual([{ id: 'timeout', place: 8, by: 'theirs', distance: -2 }, { id: 'in_flight', place: 9, by: 'theirs', distance: -2 }]);
    expect(columns.both.filter(({ by }) => by).map(({ id, by, distance }) => [id, by, distance])).toEqual([['timeout', 'theirs', -2], ['in_flight', 'theirs', -2], ['circuit_breaker', 'mine', -3], ['rate_limit', 'mine', 2]]);
    expect(conflictColumns({ ...conflict, merged_order: null }, mine).both).toBeNull();
    const diff = golden('pipeline/revision_diff');
    expect(orderColumns(diff.from_order, diff.to_order)).toMatchObject({ same: 14, after: [{ id: 'cache', by: 'mine', distance: -1 }, {}, {}, {}] });
    expect(orderColumns(['a'], ['a']).same).toBe(1);
  });
});

describe('the layout', () => {
  it('F2.4.1: has a column for each run of a phase, in running order', () => {
    expect(columnsOf(steps).map(({ phase }) => phase)).toEqual(['edge', 'browser', 'admit', 'auth', 'rate', 'transform', 'upstream']);
    const moved = moveTo(order, 'rate_limit', 15).map((id) => steps.find((step) => step.id === id));
    expect(columnsOf(moved).map(({ phase }) => phase)).toEqual(['edge', 'browser', 'admit', 'auth', 'transform', 'rate', 'upstream']);
  });

  it('F2.4.1: joins the request, every step that is on, and the handler', () => {
    const { boxes, links } = layoutPipeline(steps, 1150, 'avg_ms');
    const on = steps.filter(({ enabled }) => enabled).map(({ id }) => id);
    expect(links.map(({ source }) => source)).toEqual(['request', ...on]);
    expect(links.map(({ target }) => target)).toEqual([...on, 'handler']);
    expect(boxes.find(({ id }) => id === 'auth').share).toBe(1);
  });

  it('fits its width: stretched, in one line, or in several', () => {
    const right = (layout) => Math.max(...layout.boxes.map((box) => box.x + box.width));
    expect(right(layoutPipeline(steps, 1600, 'avg_ms'))).toBeGreaterThan(1590);
    for (const width of [1600, 1150, 1060, 850, 640]) expect(right(layoutPipeline(steps, width, 'avg_ms'))).toBeLessThanOrEqual(width);
    const narrow = layoutPipeline(steps, 850, 'p95_ms');
    expect(narrow.links.filter(({ turnY }) => turnY !== null)).toHaveLength(1);
    expect(narrow.boxes.filter(({ kind }) => kind === 'head').every(({ sum }) => sum === '')).toBe(true);
  });
});

describe('words', () => {
  const [first, second] = pipeline.nodes;
  it('say who runs what', () => {
    expect(runningWords(pipeline.nodes, 41)).toBe('Both gateways still run revision 41');
    expect(runningWords([first], 41)).toBe('gw-0 still runs revision 41');
    expect(runningWords(Array(5).fill(first), 41)).toBe('All 5 gateways still run revision 41');
    expect(runningWords([{ ...first, revision: 42 }, second], null)).toBe('gw-0 runs 42, gw-1 runs 41');
    expect(revisionLine(pipeline)).toBe('Revision 42, running 41');
    expect(revisionLine({ ...pipeline, running_revision: null, nodes: [{ ...first, revision: 42 }, second] })).toBe('Revision 42, running 42 and 41');
    expect(revisionLine({ ...pipeline, nodes: [] })).toBe('Revision 42');
    expect(costLine(pipeline)).toBe('3.03 ms on average, 1.12 ms of it in 16 steps');
    expect(costLine({ ...pipeline, avg_ms: null })).toBe('No request in the last 5 min');
  });

  it('say what a gateway did not do', () => {
    expect(nodeTrouble(first)).toBe('');
    expect(nodeTrouble({ ...first, rejected_revision: 42, error: 'rate_limit: unknown store redis' })).toBe('gw-0 kept 41: rate_limit: unknown store redis');
    expect(nodeTrouble({ ...first, origin: 'default' })).toMatch(/the chain it was built with/);
    expect(nodeTrouble({ ...first, origin: 'copy' })).toMatch(/the last revision it could read, 41/);
    expect(nodeTrouble({ ...first, unknown_steps: ['waf'] })).toBe('gw-0 leaves out waf: it has no such step');
  });

  it('say what a revision did, and whether it runs', () => {
    const [latest, , , rolledBack, returned] = golden('pipeline/revisions').revisions;
    expect(revisionWords(latest)).toBe('Cache off while the ledger is down');
    expect(revisionWords({ ...rolledBack, comment: '' })).toBe('timeout seconds 2 → 10');
    expect(revisionWords({ ...returned, comment: '' })).toBe('Nothing changed');
    expect(changeWords({ step: 'cache', kind: 'moved', before: 16, after: 15 })).toBe('cache moved from 16 to 15');
    expect(['enabled', 'added', 'removed'].map((kind) => changeWords({ step: 'x', kind }))).toEqual(['x switched on', 'x added', 'x removed']);
    expect(revisionBadge(latest, 2)).toEqual(['degraded', 'Saved, not running']);
    expect(revisionBadge({ latest: false, running_on: ['gw-0'] }, 2)).toEqual(['healthy', 'Running on gw-0']);
    expect(revisionBadge({ latest: false, running_on: [] }, 2)).toBeNull();
    expect([actorWords('token:tok-1'), actorWords('belfry'), actorWords('ana')]).toEqual(['token tok-1', 'Belfry', 'ana']);
  });

  it('announce a move', () => {
    const places = placesOf('rate_limit', order, steps);
    expect(said.lifted('rate_limit', order, places)).toBe('rate_limit lifted, place 14 of 18. Can go to 14 to 18.');
    expect(said.over('rate_limit', order, 15)).toBe('Place 16, after compression.');
    expect(said.over('access_log', order, 0)).toBe('Place 1, first of all.');
    expect(said.blocked(places.above)).toBe('Cannot go above auth: rate_limit counts by who is signed in, and auth finds that out.');
    expect(said.lifted('request_id', order, placesOf('request_id', order, steps))).toMatch(/Cannot go elsewhere\.$/);
    expect([said.end('above'), said.end('below')]).toEqual(['It is the first step.', 'It is the last step.']);
  });

  it('F2.4.4: tell where the time goes, the most first', () => {
    expect(timeShares(pipeline).map(({ name }) => name)).toEqual(['Handler', 'auth', 'compression', 'rate_limit', 'tracing', 'access_log', '11 other steps']);
    expect(timeShares({ handler: null, steps: steps.slice(0, 6) }).at(-1)).toMatchObject({ name: 'request_id', mono: true });
    expect(timeShares({ handler: null, steps: [] })).toEqual([]);
  });
});
