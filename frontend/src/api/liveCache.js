import { hashKey } from '@tanstack/react-query';
import { liveReducer } from '../lib/liveReducer.js';
import { noteChanges } from '../lib/recentChanges.js';

const drawMs = 250; // at most four times a second
const calmMs = 1000; // what comes all the time can wait, so that a thousand services cost one drawing a second
const calm = ['health.checked', 'ws.status'];
const mostWaiting = 5000;
const askAgainMs = 1200; // services may answer from a memory of the last second

/** A hidden tab asks only for what its title tells; the rest waits until it is looked at. */
const inTitle = ['health', 'alerts'];
const refetchType = ({ queryKey: [root] = [] }) => (inTitle.includes(root) || document.visibilityState !== 'hidden' ? 'active' : 'none');

/** Asks again for queries on screen: at once, and once more when the answer cannot be older than the news. News that keep
    coming cost one request in that time. `stop()` forgets all. */
const createAsker = (client) => {
  const resting = new Map(); // filter -> {timer, more}: more news came since

  const ask = (filter, cancelRefetch = true) => client.invalidateQueries({ ...filter, refetchType: refetchType(filter) }, { cancelRefetch });

  const rest = (id, filter) => {
    const timer = setTimeout(() => {
      const { more } = resting.get(id);
      resting.delete(id);
      ask(filter, false);
      if (more) rest(id, filter);
    }, askAgainMs);
    resting.set(id, { timer, more: false });
  };

  const stale = (filter) => {
    const id = hashKey([filter]);
    if (!client.getQueryCache().findAll(filter).length) return;
    if (resting.has(id)) {
      resting.get(id).more = true;
      return;
    }
    ask(filter);
    rest(id, filter);
  };

  const stop = () => resting.forEach(({ timer }) => clearTimeout(timer));
  return { ask, stale, stop };
};

/**
 * Puts what the live channel says into the query cache: what comes after a pause at once, else all together at most four
 * times a second, once a second when nothing but pulses comes. `take(messages)`; `stale(filters)`: these queries are old; `reload()`: all are, once; `stop()`.
 */
export const createLiveCache = (client) => {
  const asker = createAsker(client);
  let waiting = [];
  let timer = null;
  let dueAt = 0;
  let drawnAt = 0;

  /** Only the data changes: it stays as old as the answer it came from, and a query that fails goes on failing. */
  const apply = ([queryKey, patch]) => {
    const query = client.getQueryCache().find({ queryKey });
    if (query?.state.data) query.setState({ data: patch(query.state.data) });
  };

  const draw = () => {
    const messages = waiting;
    waiting = [];
    timer = null;
    drawnAt = Date.now();
    noteChanges(messages);
    const { patches, stale } = liveReducer(messages);
    patches.forEach(apply);
    stale.forEach(asker.stale);
  };

  const take = (messages) => {
    waiting.push(...messages);
    if (waiting.length > mostWaiting) {
      waiting = [];
      asker.ask({});
    }
    const due = drawnAt + (messages.every(({ kind }) => calm.includes(kind)) ? calmMs : drawMs);
    if (timer !== null && dueAt <= due) return;
    clearTimeout(timer);
    dueAt = due;
    timer = setTimeout(draw, Math.max(0, due - Date.now()));
  };

  const stop = () => {
    clearTimeout(timer);
    asker.stop();
  };

  return { take, stale: (filters) => filters.forEach(asker.stale), reload: () => asker.ask({}), stop };
};
