/**
 * Where steps may stand. Everything here is computed from the steps as the server lists them: `{id, enabled, locked,
 * settings, constraints: [{kind: before | after | requires, others, reason, when}]}`. The server has the last word.
 */

const applies = ({ when }, settings) => !when || when.values.includes(settings[when.setting]);

/** The constraints of a step that hold with its settings. */
export const constraintsOf = ({ constraints, settings }) => constraints.filter((constraint) => applies(constraint, settings));

/** Every rule of two steps, one by one: `{step, kind, other, reason}`, of those steps that are in the list. */
const rulesOf = (steps) => {
  const ids = new Set(steps.map(({ id }) => id));
  return steps.flatMap((step) =>
    constraintsOf(step).flatMap(({ kind, others, reason }) => others.filter((other) => ids.has(other)).map((other) => ({ step: step.id, kind, other, reason }))),
  );
};

const isPlace = ({ kind }) => kind !== 'requires';
const pairOf = ({ step, kind, other }) => (kind === 'before' ? [step, other] : [other, step]);

/** The reason as a sentence that says whose it is. */
export const reasonWords = ({ step, reason }) => reason.replace(/^It /, `${step} `);
const within = (rule) => {
  const words = reasonWords(rule);
  return words.startsWith(rule.step) ? words : words[0].toLowerCase() + words.slice(1);
};

const wrong = { before: 'not after', after: 'not before', requires: 'not without' };
const violation = (rule) => ({
  rule: `${rule.step}_${rule.kind}_${rule.other}`,
  step: rule.step,
  other: rule.other,
  message: `${rule.step} ${wrong[rule.kind]} ${rule.other}: ${within(rule)}`,
});

/** Every rule that an order of these steps breaks: `[{rule, step, other, message}]`. */
export const brokenRules = (order, steps) => {
  const on = new Set(steps.filter(({ enabled }) => enabled).map(({ id }) => id));
  const holds = (rule) => {
    if (rule.kind === 'requires') return !on.has(rule.step) || on.has(rule.other);
    const [first, then] = pairOf(rule);
    return order.indexOf(first) < order.indexOf(then);
  };
  const locked = steps.filter((step) => step.locked && !step.enabled).map(({ id }) => ({ rule: 'locked', step: id, other: null, message: `${id} is always on` }));
  return [...locked, ...rulesOf(steps).filter((rule) => !holds(rule)).map(violation)];
};

const bound = (rule, side, other) => ({ side, other, reason: reasonWords(rule) });

/**
 * Where one step may go while the others stay: indexes `from` to `to` of the order with it there; none is allowed when
 * `from > to`. `above`, `below`: what ends the range on that side, `{side, other, reason}`, or null at an end of the list.
 */
export const placesOf = (id, order, steps) => {
  const rest = order.filter((one) => one !== id);
  let [from, to, above, below] = [0, rest.length, null, null];
  for (const rule of rulesOf(steps).filter(isPlace)) {
    const [first, then] = pairOf(rule);
    if (then === id && rest.indexOf(first) >= from) [from, above] = [rest.indexOf(first) + 1, bound(rule, 'above', first)];
    if (first === id && rest.indexOf(then) < to) [to, below] = [rest.indexOf(then), bound(rule, 'below', then)];
  }
  return { from, to, above, below };
};

/** The index closest to where the step stands at which it breaks no rule; null when there is none. */
export const nearestPlace = (id, order, steps) => {
  const { from, to } = placesOf(id, order, steps);
  return from > to ? null : Math.min(to, Math.max(from, order.indexOf(id)));
};

/** The rule that a switch would break: what the step needs is off, or something that is on needs it. */
const brokenBySwitch = (id, enabled, steps) => {
  const on = new Set(steps.filter((step) => step.enabled).map((step) => step.id));
  const needs = rulesOf(steps).filter(({ kind }) => kind === 'requires');
  return enabled ? needs.find(({ step, other }) => step === id && !on.has(other)) : needs.find(({ step, other }) => other === id && on.has(step));
};

/** Why a step cannot be switched so, in a sentence or two; '' when it can. */
export const switchFault = (id, enabled, steps) => {
  const { known, locked } = steps.find((step) => step.id === id);
  if (!known) return 'This Belfry has no such step any more. It is kept, and off.';
  if (locked) return 'Always on: the gateway does not run without it.';
  const rule = brokenBySwitch(id, enabled, steps);
  if (!rule) return '';
  const [before, first] = enabled ? [`Needs ${rule.other}`, `Switch ${rule.other} on first`] : [`${rule.step} needs it`, `Switch ${rule.step} off first`];
  return `${before}: ${within(rule)}. ${first}.`;
};
