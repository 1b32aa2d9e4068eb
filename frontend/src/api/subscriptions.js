import { connection, noteChannel } from '../lib/connection.js';
import { moveTo, positionOf } from '../lib/positions.js';
import { wantedTopics } from '../lib/topics.js';

const without = (topics, left) => topics.filter((topic) => topic !== left);

/**
 * What the channel asks for, following what is wanted on screen: `start(topics, send)` on a new connection that may hear
 * these topics, `again(topic)`, `served(answer)`, `stop()`. A topic nobody wants is left after `leaveMs`.
 */
export const createSubscriptions = (leaveMs) => {
  const asked = new Map(); // topic -> the position it was asked from, or undefined
  let allowed = [];
  let send = () => {};
  let lastId = 0;
  let leaving = null;

  const command = (words) => send({ id: (lastId += 1), ...words });

  const again = (topic) => {
    const from = positionOf(topic);
    asked.set(topic, from);
    noteChannel({ topics: without(connection.get().topics, topic) });
    command({ subscribe: { topic, ...from } });
  };

  const leave = () => {
    leaving = null;
    for (const topic of [...asked.keys()].filter((one) => !wantedTopics.get().includes(one))) {
      asked.delete(topic);
      noteChannel({ topics: without(connection.get().topics, topic) });
      command({ unsubscribe: { topic } });
    }
  };

  const sync = () => {
    wantedTopics.get().filter((topic) => allowed.includes(topic) && !asked.has(topic)).forEach(again);
    leaving ??= setTimeout(leave, leaveMs);
  };

  const start = (topics, through) => {
    asked.clear();
    allowed = topics;
    send = through;
    sync();
  };

  /** Notes that a topic is served from now on. Answers what may have been missed before: 'nothing', 'something', or
      'unknown' when there was no position to go on from. */
  const served = ({ topic, recovered, epoch, offset }) => {
    const from = asked.get(topic);
    noteChannel({ topics: [...without(connection.get().topics, topic), topic] });
    if (from && recovered) return 'nothing'; // what follows moves the position
    moveTo(topic, { epoch, offset });
    return from ? 'something' : 'unknown';
  };

  const unfollow = wantedTopics.subscribe(sync);
  const stop = () => {
    unfollow();
    clearTimeout(leaving);
  };
  return { start, again, served, stop };
};
