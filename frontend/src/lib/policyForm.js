import { formatDuration } from './formatDuration.js';

const newStep = (delay_seconds = 600) => ({ name: '', channels: [], delay_seconds });
export const newPolicy = { name: '', steps: [newStep(0)], repeats: 0, repeat_delay_seconds: 600, note: '' };

/** A policy while it is edited, from what is saved. */
export const policyDraft = ({ name, steps, repeats, repeat_delay_seconds, note }) => ({ name, steps, repeats, repeat_delay_seconds, note });

/** As the API wants it. */
export const policySpec = ({ name, steps, repeats, repeat_delay_seconds, note }) => ({
  name: name.trim(),
  steps: steps.map(({ name: title, channels, delay_seconds }) => ({ name: title.trim(), channels, delay_seconds })),
  repeats,
  repeat_delay_seconds,
  note: note.trim(),
});

export const withStep = (steps, at, changes) => steps.map((step, place) => (place === at ? { ...step, ...changes } : step));
export const withoutStep = (steps, at) => steps.filter((_, place) => place !== at);
export const withNewStep = (steps) => [...steps, newStep()];
/** The step at `at` one place up (-1) or down (1). */
export const withMovedStep = (steps, at, by) => {
  const moved = [...steps];
  [moved[at], moved[at + by]] = [moved[at + by], moved[at]];
  return moved;
};

/** When a step is taken, from the start: `at once`, `after 8 min 30 s`. */
export const whenWords = (seconds) => (seconds ? `after ${formatDuration(seconds)}` : 'at once');

/** How it goes on after the last step. */
export const repeatWords = ({ repeats, repeat_delay_seconds: delay }) => (repeats ? `Then ${repeats === 1 ? 'once' : `${repeats} times`} more, ${formatDuration(delay)} after the last step.` : 'Ends after the last step.');

/** Whether two drafts say the same. */
export const isSamePolicy = (one, other) => JSON.stringify(policySpec(one)) === JSON.stringify(policySpec(other));
