import { plural } from './formatNumber.js';
import { actorWords } from './pipelineWords.js';

const kinds = {
  pending: { icon: 'degraded', title: 'Pending' },
  fired: { icon: 'down', title: 'Firing' },
  fired_again: { icon: 'down', title: 'Firing again' },
  more_firing: { icon: 'down', title: 'More firing' },
  raised: { icon: 'down', title: 'Raised to critical' },
  recovering: { icon: 'clock', title: 'Recovering' },
  some_recovered: { icon: 'healthy', title: 'Some recovered' },
  resolved: { icon: 'healthy', title: 'Resolved' },
  acknowledged: { icon: 'person', does: 'acknowledged' },
  commented: { icon: 'person', does: 'commented' },
  silenced: { icon: 'muted', does: 'silenced it', title: 'Silenced' },
  held: { icon: 'muted', title: 'Held back' },
  released: { icon: 'bell', title: 'Released' },
  escalated: { icon: 'send', title: 'Step' },
  escalation_stopped: { icon: 'check', title: 'Escalation stopped' },
  escalation_ended: { icon: 'check', title: 'Escalation ended' },
  suppressed_other: { icon: 'muted', title: 'Held back' },
  released_other: { icon: 'bell', title: 'Released' },
};
const people = ['acknowledged', 'commented', 'silenced'];
const repeated = new Set(['Acknowledged', 'Escalation stopped']); // the title says it already

/** As it goes on in a sentence; a word such as TLS stays. */
const lowered = (text) => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);

const byWords = (actor) => (actor ? `, by ${actorWords(actor)}` : '');

/** In words: `[title, rest of its line, [lines under it]]`. What people say stands under it, what happened in its line. */
const told = ({ kind, actor, step, text }) => {
  const { title = kind, does } = kinds[kind] ?? {};
  const texts = text && !repeated.has(text) ? [text] : [];
  if (does && actor) return [actorWords(actor), ` ${does}`, texts];
  if (kind === 'escalated') return [step == null ? 'Escalated' : `Step ${step + 1}`, `, ${text}${byWords(actor)}`, []];
  if (kind === 'suppressed_other' || kind === 'released_other') return [title, '', texts];
  return [title, `${texts.length ? `, ${lowered(text)}` : ''}${byWords(actor)}`, []];
};

const shown = (entry) => {
  const [title, rest, texts] = told(entry);
  return { ...entry, icon: kinds[entry.kind]?.icon ?? 'clock', title, rest, texts };
};

/** Alerts held back one after the other are one entry. */
const merged = (entries) =>
  entries.reduce((done, entry) => {
    const last = done.at(-1);
    if (entry.kind !== 'suppressed_other' || last?.kind !== 'suppressed_other') return [...done, entry];
    return [...done.slice(0, -1), { ...last, texts: [...last.texts, ...entry.texts] }];
  }, []);

const named = (entry) => (entry.kind === 'suppressed_other' ? { ...entry, title: `${plural(entry.texts.length, 'alert')} held back` } : entry);

const filters = {
  all: () => true,
  messages: ({ kind, deliveries }) => deliveries.length > 0 || kind === 'escalated',
  people: ({ kind, actor }) => people.includes(kind) || Boolean(actor),
};

/** Entries of a timeline (newest first) as they are drawn, with `{icon, title, rest, texts}`. `filter`: all, messages, people. */
export const shownEntries = (entries, filter = 'all') => merged(entries.filter(filters[filter]).map(shown)).map(named);

/** The next step of an escalation: `{at, name, place, of, channels, held}`, or null when none will come. */
export const nextStep = (escalation) => {
  if (!escalation || escalation.next_step == null || !escalation.next_at) return null;
  const step = escalation.steps[escalation.next_step];
  const place = escalation.next_step + 1;
  return { at: escalation.next_at, name: step.name || `step ${place}`, place, of: escalation.steps.length, channels: step.channels, held: escalation.state === 'held' };
};

/** Steps of an escalation as they stand: `{name, channels, state: done, next or later, at, delay_seconds}`. */
export const escalationSteps = ({ steps, told_at: told, next_step: next }) =>
  steps.map((step, place) => {
    const done = told[place] && (next == null || place < next);
    return { ...step, name: step.name || `Step ${place + 1}`, state: place === next ? 'next' : done ? 'done' : 'later', at: told[place] };
  });
