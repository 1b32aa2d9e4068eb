import { sentence } from './sentences.js';

/** Where a step stands: `place 13, after compression`. `index` from 0. */
export const placeWords = (id, order, index) => {
  const before = order.filter((one) => one !== id)[index - 1];
  return `place ${index + 1}, ${before ? `after ${before}` : 'first of all'}`;
};

const range = ({ from, to }) => (from === to ? `Cannot go elsewhere.` : `Can go to ${from + 1} to ${to + 1}.`);

/** Why it ends there: `Not above auth`, and the reason. */
export const boundWords = ({ side, other }) => `Not ${side} ${other}`;

/** What is said while a step is moved. */
export const said = {
  lifted: (id, order, places) => `${id} lifted, place ${order.indexOf(id) + 1} of ${order.length}. ${range(places)}`,
  over: (id, order, index) => sentence(placeWords(id, order, index)).replace('place', 'Place'),
  dropped: (id, order, index) => `${id} dropped at ${placeWords(id, order, index)}.`,
  back: (id, order) => `${id} is back at place ${order.indexOf(id) + 1}.`,
  blocked: ({ side, other, reason }) => sentence(`Cannot go ${side} ${other}: ${reason}`),
  end: (side) => (side === 'above' ? 'It is the first step.' : 'It is the last step.'),
};
