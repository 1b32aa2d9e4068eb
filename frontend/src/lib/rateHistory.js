const kept = 600;
const ofOneSecond = ({ rates }) => rates.find(({ window_seconds: window }) => window === 1);

/** The point of the history that a fleet's figures stand for. */
export const pointOf = (stats) => {
  const { msg_in_rate: received, msg_out_rate: sent, error_rate: errors } = ofOneSecond(stats) ?? stats;
  return { at: stats.at, active: stats.active, msg_in_rate: received, msg_out_rate: sent, error_rate: errors };
};

const second = ({ at }) => Math.floor(Date.parse(at) / 1000);

/** Two pieces of history as one: ordered, one point a second (of two, the later piece's), the last 600. */
export const joined = (points, more) => {
  const bySecond = new Map([...points, ...more].map((point) => [second(point), point]));
  return [...bySecond].toSorted(([a], [b]) => a - b).slice(-kept).map(([, point]) => point);
};

export const withStats = (history, news) => ({ ...history, points: joined(history.points, news.map(pointOf)) });

/** How many seconds of history to ask for: those since the last point, and a few more. */
export const missingSeconds = (points, now = Date.now()) => {
  if (!points.length) return kept;
  const since = (now - Date.parse(points.at(-1).at)) / 1000;
  return Math.min(Math.max(Math.ceil(since) + 5, 10), kept);
};

const gapSeconds = 3.5;

const mean = (points, key) => {
  const known = points.map((point) => point[key]).filter((value) => value != null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
};

/** The history in steps of ten seconds, newest first: means of what is known. */
export const rateRows = (points) =>
  [...Map.groupBy(points, (point) => Math.floor(second(point) / 10))]
    .map(([step, same]) => ({ at: step * 10_000, sent: mean(same, 'msg_out_rate'), received: mean(same, 'msg_in_rate'), errors: mean(same, 'error_rate'), active: same.at(-1).active }))
    .toReversed();

/** Columns for the chart: seconds, sent, received. Where more than three seconds are missing stands a gap. */
export const rateColumns = (points) => {
  const columns = [[], [], []];
  const add = (...values) => values.forEach((value, at) => columns[at].push(value));
  points.forEach((point, at) => {
    const x = Date.parse(point.at) / 1000;
    const last = at ? Date.parse(points[at - 1].at) / 1000 : x;
    if (x - last > gapSeconds) add(last + 1, null, null);
    add(x, point.msg_out_rate, point.msg_in_rate);
  });
  return columns;
};
