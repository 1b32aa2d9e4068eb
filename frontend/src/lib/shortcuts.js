import { getPreference } from './preferences.js';

/** What the sheet (`?`) lists. */
export const shortcutSheet = [
  ['Everywhere', [['Ctrl K', 'Search or run a command'], ['/', 'Filter of this page'], ['r', 'Refresh now'], ['?', 'All shortcuts'], ['Esc', 'Close the topmost layer']]],
  ['Go to', [['g d', 'Dashboard'], ['g h', 'Health'], ['g l', 'Latency'], ['g i', 'Incidents'], ['g m', 'Middleware'], ['g a', 'Alert rules'], ['g s', 'Settings']]],
  ['Lists', [['j', 'Next'], ['k', 'Previous'], ['Enter', 'Open or close'], ['c', 'Check now'], ['a', 'Acknowledge'], ['s', 'Silence'], ['e', 'Edit a rule'], ['t', 'Send test'], ['w', 'Watch an endpoint'], ['Space', 'Lift or drop a step'], ['[', 'Earlier time range'], [']', 'Later time range']]],
];

const registered = new Map();
let pending = null; // the first key of a sequence such as `g h`, and when it came (ms)
const sequenceMs = 1500;

const inField = ({ target }) => target.closest?.('input, textarea, select, [contenteditable="true"]');
const behindDialog = ({ target }) => !target.closest?.('[role="dialog"]') && document.querySelector('[role="dialog"][aria-modal="true"]');

const keysOf = (event) => {
  const first = pending && event.timeStamp - pending.at < sequenceMs ? `${pending.key} ` : '';
  return `${first}${event.key}`;
};

const startsSequence = (key) => [...registered.keys()].some((keys) => keys.startsWith(`${key} `));

const onKeyDown = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (getPreference('shortcuts') === 'off' || inField(event) || behindDialog(event)) return;
  const action = registered.get(keysOf(event))?.at(-1) ?? registered.get(event.key)?.at(-1);
  pending = !action && startsSequence(event.key) ? { key: event.key, at: event.timeStamp } : null;
  if (!action) return;
  event.preventDefault();
  action(event);
};

/** Registers a key or a sequence of two; answers a function that takes it back. */
export const registerShortcut = (keys, action) => {
  if (!registered.size) document.addEventListener('keydown', onKeyDown);
  registered.set(keys, [...(registered.get(keys) ?? []), action]);
  return () => {
    const left = registered.get(keys).filter((other) => other !== action);
    if (left.length) registered.set(keys, left);
    else registered.delete(keys);
    if (!registered.size) document.removeEventListener('keydown', onKeyDown);
  };
};
