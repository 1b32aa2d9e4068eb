import { topicOfPath } from './topics.js';

/** Up to where the page knows each topic: `{epoch, offset}` in its stream. From there the live channel goes on. */
const positions = new Map();

export const positionOf = (topic) => positions.get(topic);
export const forgetPositions = () => positions.clear();

/** Everything of a topic up to `offset` is known now. */
export const moveTo = (topic, { epoch, offset }) => {
  const old = positions.get(topic);
  if (old?.epoch !== epoch || old.offset < offset) positions.set(topic, { epoch, offset });
};

/** Whether a message at `offset` has been told before. */
export const isKnown = (topic, offset) => offset != null && offset <= (positions.get(topic)?.offset ?? -1);

/** The first answer about a topic tells where to go on from (`<epoch>:<offset>`); later ones know no less. */
export const notePosition = (path, header) => {
  const topic = topicOfPath(path);
  const [, epoch, offset] = /^(.*):(\d+)$/.exec(header ?? '') ?? [];
  if (topic && offset && !positions.has(topic)) positions.set(topic, { epoch, offset: Number(offset) });
};
