import { describe, expect, it } from 'vitest';
import { aroundStart, minutesAround } from '../../../frontend/src/lib/aroundStart.js';
import { deliveryRows } from '../../../frontend/src/lib/deliverySteps.js';
import { incidentChanges } from '../../../frontend/src/lib/incidentChanges.js';
import { incidentSections, neighbourOf } from '../../../frontend/src/lib/incidentGroups.js';
import { escalationSteps, nextStep, shownEntries } from '../../../frontend/src/lib/incidentTimeline.js';
import { heldBackWords, holdWords, incidentShape, objectLine, openCounts, resolveWords, stateWords, tooLateWords } from '../../../frontend/src/lib/incidentWords.js';
import { clockIn, spanWords } from '../../../frontend/src/lib/muteTiming.js';
import { isSamePolicy, policyDraft, repeatWords, withMovedStep } from '../../../frontend/src/lib/policyForm.js';
import { hiddenBy, newSilence, silenceDraft, silenceFaults, silenceOfIncident, silenceSpec, silenceTitle } from '../../../frontend/src/lib/silenceForm.js';
import { inputOf, momentOf } from '../../../frontend/src/lib/zonedInput.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden, goldenNow } from '../../../frontend/src/test/golden.js';

atGoldenTime();

const now = goldenNow.getTime();
const { incidents, counts } = golden('alerts/incidents');
const one = (id) => incidents.find((each) => each.id === id);
const detail = golden('alerts/incident');

describe('an incident in words', () => {
  it('has a shape by severity, a crossed bell while it is held back, a disc once it is over', () => {
    expect(['2041', '2039', '2043', '1987'].map((id) => incidentShape(one(id)))).toEqual(['down', 'degraded', 'held', 'healthy']);
    expect(['2041', '2039', '2043', '1987'].map((id) => stateWords(one(id)).words)).toEqual(['Firing', 'Acknowledged by dana', 'Held back', 'Resolved']);
  });

  it('says how bad it is in its unit, where a number says more than the word', () => {
    expect(objectLine(one('2042'))).toBe('POST /api/checkout, 655 ms');
    expect(objectLine(one('2041'))).toBe('ledger-db');
  });

  it('says why nobody is told, and how it ended', () => {
    expect(holdWords(one('2043').hold)).toBe('Nobody is told: another incident is its root cause.');
    expect(holdWords({ reason: 'silenced', by: 's-1', until: '2026-11-23T16:00:00Z' })).toMatch(/^Nobody is told: it is silenced until \d\d:00\.$/);
    expect(resolveWords(one('1987'))).toBe('Resolved after 8 min 30 s: it recovered.');
    expect(resolveWords({ ...one('1987'), resolve_reason: 'by_hand', resolved_by: 'token:ci' })).toBe('Resolved after 8 min 30 s: by token ci.');
  });

  it('counts without what is held back', () => {
    expect(openCounts({ counts })).toEqual({ firing: 2, open: 3, held: 1 });
    expect(heldBackWords(incidents)).toBe('1 alert held back while ledger-db is failing');
    expect(heldBackWords([])).toBe('');
  });

  it('tells who was faster, when that is what the server said', () => {
    expect(tooLateWords({ extensions: { acknowledged_by: 'dana' } })).toContain('dana was faster');
    expect(tooLateWords({ extensions: {} })).toBe('');
  });

  it('announces what opened and what is over, many at once as a number', () => {
    const open = incidents.filter((each) => !each.resolved_at);
    expect(incidentChanges([], [one('2041'), one('2043')])).toEqual(['Service down: ledger-db is firing.']);
    expect(incidentChanges(open, [])).toEqual(open.filter(({ hold }) => !hold).map(({ rule_name: rule, object }) => `${rule}: ${object} is resolved.`));
    expect(incidentChanges([], Array.from({ length: 9 }, (_, at) => ({ ...one('2041'), id: `${at}` })))).toEqual(['9 incidents are firing.']);
  });
});

describe('the list', () => {
  it('has open ones first, then resolved ones by day', () => {
    const sections = incidentSections(incidents, 'UTC', now);
    expect(sections.map(({ title, incidents: those }) => [title, those.length])).toEqual([['', 4], ['Resolved Thu 12 Nov', 1]]);
    const today = incidentSections([{ ...one('1987'), resolved_at: '2026-11-23T01:00:00Z' }, { ...one('1987'), resolved_at: '2026-11-22T23:00:00Z' }], 'UTC', now);
    expect(today.map(({ title }) => title)).toEqual(['Resolved today', 'Resolved yesterday']);
  });

  it('folds hundreds by their root cause', () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ ...one('2042'), id: `${at}`, likely_cause: at < 480 ? 'ledger-db is down' : '', ...(at === 499 && { rule_name: 'Alone' }) }));
    expect(incidentSections(many, 'UTC', now).map(({ title, folds, incidents: those }) => [title, folds, those.length])).toEqual([['', undefined, 1], ['Because ledger-db is down', true, 480], ['Checkout p99 over 500 ms', true, 19]]);
  });

  it('knows the neighbours of an incident', () => {
    expect(neighbourOf(incidents, '2041', 1).id).toBe('2043');
    expect(neighbourOf(incidents, '2042', -1)).toBe(undefined);
    expect(neighbourOf(incidents, '', 1).id).toBe('2042');
  });
});

describe('the timeline', () => {
  const said = (entries) => entries.map(({ title, rest }) => `${title}${rest}`);

  it('is told in sentences, people by name', () => {
    expect(said(shownEntries(detail.timeline))).toEqual(['dana commented', '1 alert held back', 'Step 1, On-call: told 3 channels', 'Firing, down for 90 s', 'Pending, connection refused on ledger-db.shop:5432']);
    expect(said(shownEntries(detail.timeline, 'people'))).toEqual(['dana commented']);
    expect(said(shownEntries(detail.timeline, 'messages'))).toEqual(['Step 1, On-call: told 3 channels']);
  });

  it('merges alerts that were held back one after the other', () => {
    const held = detail.timeline.find(({ kind }) => kind === 'suppressed_other');
    const [merged] = shownEntries([held, { ...held, id: '7', text: 'checkout is held back' }]);
    expect([merged.title, merged.texts.length]).toEqual(['2 alerts held back', 2]);
  });

  it('names what is not known by its kind, and who did it', () => {
    const [entry, resolved] = shownEntries([{ ...detail.timeline[0], kind: 'something_new' }, { ...detail.timeline[0], kind: 'resolved', text: 'Restarted' }]);
    expect([entry.title, entry.icon]).toEqual(['something_new', 'clock']);
    expect(`${resolved.title}${resolved.rest}`).toBe('Resolved, restarted, by dana');
  });

  it('tells the next step, and how each stands', () => {
    expect(nextStep(detail.escalation)).toMatchObject({ name: 'Lead', place: 2, of: 3, held: false });
    expect(nextStep({ ...detail.escalation, state: 'stopped', next_step: null })).toBe(null);
    expect(escalationSteps(detail.escalation).map(({ state }) => state)).toEqual(['done', 'next', 'later']);
    expect(escalationSteps({ ...detail.escalation, next_step: null, told_at: detail.escalation.steps.map(() => '2026-11-23T14:03:38Z') }).map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });
});

describe('deliveries', () => {
  const { deliveries } = detail.timeline.find(({ kind }) => kind === 'escalated');
  const words = ({ steps }) => steps.map(({ words: word, after }) => `${word} ${after}`.trim());

  it('are steps with the time since they were queued, in the provider’s words', () => {
    const [slack, sms, email, ...rest] = deliveryRows(deliveries);
    expect(words(slack)).toEqual(['queued', 'accepted +0.4 s']);
    expect(words(sms)).toEqual(['queued', 'sent +0.9 s', 'delivered +4.1 s']);
    expect(words(email)).toEqual(['queued', 'refused +1.2 s', 'refused for good +7.4 s', 'sent to #ops instead +7.5 s']);
    expect(email.said).toEqual(['421 Try again later', '552 The mailbox is full']);
    expect([email.twice, email.lost, email.hint]).toEqual([true, false, 'Ask the owner of platform@shop.example to make room']);
    expect(rest).toEqual([]); // the fallback stands with the message it replaces
  });

  it('of which nothing came are marked as lost', () => {
    const [row] = deliveryRows([deliveries[2]]);
    expect(row.lost).toBe(true);
    expect(deliveryRows([{ ...deliveries[0], state: 'dropped', steps: [{ state: 'dropped', at: deliveries[0].queued_at, detail: 'Resolved before it was sent' }] }])[0].steps[0].words).toBe('not needed any more');
  });
});

describe('the metric around the start', () => {
  it('is asked for by what the incident says, while it is kept', () => {
    expect(aroundStart(detail, now)).toEqual({ hours: 1, rule: { name: 'Service down', metric: 'health.status', operator: '>=', threshold: 2, selector: [{ label: 'service', match: '=', value: 'ledger-db' }] } });
    expect(aroundStart(detail, now + 3 * 86_400_000)).toBe(null);
  });

  it('is a minute each, from half an hour before', () => {
    const minutes = minutesAround({ ...detail, operator: '>', threshold: 500 }, golden('alerts/preview'), now);
    expect(minutes.length).toBe(44); // the newest minute has no value yet
    expect(minutes.some(({ breach }) => breach)).toBe(true);
    expect(minutesAround(detail, { ...golden('alerts/preview'), series: [] }, now)).toEqual([]);
  });
});

describe('a silence', () => {
  it('from an incident names its rule and its labels', () => {
    const draft = silenceOfIncident(one('2042'));
    expect(draft).toMatchObject({ ruleIds: ['checkout-p99'], matchers: ['service = checkout', 'method = POST', 'path = /api/checkout'] });
    expect(silenceSpec({ ...draft, reason: ' Known ' }, 'UTC', now)).toMatchObject({ rule_ids: ['checkout-p99'], reason: 'Known', starts_at: null, ends_at: '2026-11-23T16:08:20.000Z' });
    expect(silenceOfIncident({ ...one('2042'), rule_gone: true }).ruleIds).toEqual([]);
  });

  it('says what it hides, of patterns too, and hides nothing when it names nothing', () => {
    const ids = (draft) => hiddenBy(silenceSpec({ ...newSilence, ...draft }, 'UTC', now), incidents).map(({ id }) => id);
    expect(ids({ matchers: ['service =~ (ledger|payments).*'] })).toEqual(['2041', '2043', '1987']);
    expect(ids({ ruleIds: ['search-p95'], matchers: ['method != GET'] })).toEqual([]);
    expect(ids({})).toEqual([]);
  });

  it('is edited in the person’s zone', () => {
    const [silence] = golden('alerts/silences').silences;
    const draft = silenceDraft(silence, 'UTC');
    expect(draft).toMatchObject({ span: 'custom', from: '', until: '2026-11-23T15:55' });
    expect(silenceSpec(draft, 'UTC', now, silence.starts_at)).toMatchObject({ starts_at: silence.starts_at, ends_at: '2026-11-23T15:55:00.000Z' });
    expect(silenceDraft({ ...silence, state: 'planned' }, 'UTC').from).toBe('2026-11-23T13:55');
    expect(momentOf(inputOf('2026-11-23T15:55:00Z', 'local'), 'local')).toBe('2026-11-23T15:55:00.000Z');
    expect(momentOf('', 'UTC')).toBe(null);
    expect(silenceTitle(silence, new Map([['search-p95', 'Search p95 over 500 ms']]))).toBe('Search p95 over 500 ms · service = search');
  });

  it('says what is missing before it is sent', () => {
    expect(Object.keys(silenceFaults(newSilence, 'UTC'))).toEqual(['matchers', 'reason']);
    expect(silenceFaults({ ...newSilence, matchers: ['nonsense'], reason: 'x', span: 'custom' }, 'UTC')).toMatchObject({ matchers: expect.stringContaining('service = checkout'), ends_at: 'Give the date and the time' });
  });
});

describe('mute timings and policies', () => {
  it('say their spans in words', () => {
    const [{ spans }] = golden('alerts/mute_timings').mute_timings;
    expect(spanWords(spans[0])).toBe('Mon to Fri, 22:00 to 07:00');
    expect(spanWords({ from_time: '00:00', until: '24:00', days: ['sat', 'mon'], months: [12], days_of_month: [-1] })).toBe('Mon, Sat, all day, on day -1 of the month, in Dec');
    expect(spanWords({ ...spans[0], days: [] })).toBe('every day, 22:00 to 07:00');
    expect(clockIn('Europe/Berlin', now)).toBe('15:08');
    expect(clockIn('Nowhere/At all', now)).toBe('');
  });

  it('keep the steps in the order they were put', () => {
    const [policy] = golden('alerts/policies').policies;
    const draft = policyDraft(policy);
    expect(withMovedStep(draft.steps, 2, -1).map(({ name }) => name)).toEqual(['On-call', 'Everyone', 'Lead']);
    expect(isSamePolicy(draft, policyDraft(policy))).toBe(true);
    expect(isSamePolicy(draft, { ...draft, repeats: 3 })).toBe(false);
    expect([repeatWords(draft), repeatWords({ ...draft, repeats: 3 }), repeatWords({ ...draft, repeats: 0 })]).toEqual(['Then once more, 30 min after the last step.', 'Then 3 times more, 30 min after the last step.', 'Ends after the last step.']);
  });
});
