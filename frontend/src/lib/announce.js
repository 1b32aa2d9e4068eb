import { createStore } from './store.js';

/** What the live region says. At most one message in five seconds; what comes meanwhile is merged. */
export const announced = createStore('');
const gapMs = 5000;
let waiting = [];
let timer = null;

const say = () => {
  announced.set(waiting.join(' '));
  waiting = [];
  timer = setTimeout(() => {
    timer = null;
    if (waiting.length) say();
  }, gapMs);
};

export const announce = (sentence) => {
  if (waiting.includes(sentence)) return;
  waiting.push(sentence);
  if (!timer) say();
};
