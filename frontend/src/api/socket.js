/** Milliseconds. `connect`: until the first frame; `silence`: over the server's pings, until a socket counts as dead. */
export const usualTiming = { connect: 10_000, silence: 10_000, grace: 3000, steady: 10_000, unsubscribe: 10_000, firstRetry: 500, lastRetry: 30_000 };

const protocol = 'belfry.v1';
const isTerminal = (code) => code >= 4500 && code < 5000;

/** How long to wait before the next try: longer each time, and never the same for all. */
export const retryMs = (attempt, { firstRetry, lastRetry }, random = Math.random()) => Math.min(lastRetry, firstRetry * 2 ** attempt) * (0.5 + random / 2);

/**
 * Keeps a WebSocket to `url` open. `onFrame(frame, send)`: each frame that came; `onLost({code, reason, nextTryAt})`: it
 * closed, and is opened again at `nextTryAt` (ms; null: it is not, the code is terminal); `onUnreachable()`: it could not
 * be opened. Answers `{send, retry, renew, expect, farewell, close}`: `expect(seconds)` between pings, `farewell({reconnect,
 * after_ms})` as the server said it before closing.
 */
export const keepSocket = ({ url, timing, onFrame, onLost, onUnreachable }) => {
  let socket = null;
  let farewell = null;
  let attempt = 0;
  let openedAt = 0;
  let waitMs = timing.connect;
  let silence = null;
  let next = null;

  const watch = () => {
    clearTimeout(silence);
    silence = setTimeout(() => lose(socket, { code: 1006, reason: '' }), waitMs);
  };

  const schedule = () => {
    const ms = Math.max(farewell?.after_ms ?? 0, attempt || !farewell ? retryMs(attempt, timing) : 0);
    attempt += 1;
    next = setTimeout(connect, ms);
    return Date.now() + ms;
  };

  /** Once for each socket: when it closes, or earlier when it is given up. */
  const lose = (lost, { code, reason }) => {
    if (lost !== socket) return;
    const opened = openedAt > 0;
    if (opened && Date.now() - openedAt > timing.steady) attempt = 0;
    socket = null;
    clearTimeout(silence);
    lost.close();
    const final = farewell ? !farewell.reconnect : isTerminal(code);
    onLost({ code: farewell?.code ?? code, reason: farewell?.reason || reason, nextTryAt: final ? null : schedule() });
    if (!opened) onUnreachable();
  };

  const hear = (event) => {
    if (event.target !== socket) return;
    openedAt ||= Date.now();
    watch();
    onFrame(JSON.parse(event.data), send);
  };

  const connect = () => {
    clearTimeout(next);
    farewell = null;
    openedAt = 0;
    waitMs = timing.connect;
    socket = new WebSocket(url, [protocol]);
    socket.onmessage = hear;
    socket.onclose = (event) => lose(event.target, event);
    watch();
  };

  const send = (command) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(command));

  const close = () => {
    clearTimeout(next);
    clearTimeout(silence);
    const last = socket;
    socket = null;
    last?.close(1000);
  };

  const retry = () => {
    if (socket) return;
    attempt = 0;
    connect();
  };

  const renew = () => {
    close();
    retry();
  };

  connect();
  return { send, retry, renew, close, expect: (seconds) => { waitMs = seconds * 1000 + timing.silence; }, farewell: (told) => { farewell = told; } };
};
