import '@testing-library/jest-dom/vitest';
import { notifications } from '@mantine/notifications';
import { cleanup, configure } from '@testing-library/react';
import { __CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE as react } from 'react';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { forgetPreferences } from '../lib/preferences.js';
import { sessionEnded } from '../lib/session.js';
import { server } from './server.js';

/** What jsdom does not draw, the components may still ask for. */
class ObserverOfNothing {
  observe() {}
  unobserve() {}
  disconnect() {}
}
/** A canvas on which everything can be drawn and nothing is seen. */
const blankContext = new Proxy({}, { get: (drawn, name) => (name in drawn ? drawn[name] : () => blankContext), set: (drawn, name, value) => Reflect.set(drawn, name, value) });
class BlankPath {
  moveTo() {}
  lineTo() {}
  rect() {}
  arc() {}
  closePath() {}
  addPath() {}
}
Object.assign(window, {
  Path2D: BlankPath,
  ResizeObserver: ObserverOfNothing,
  IntersectionObserver: ObserverOfNothing,
  DOMMatrixReadOnly: class { m22 = 1; },
  scrollTo: () => {},
  matchMedia: (query) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} }),
});
Element.prototype.scrollIntoView = () => {};
HTMLCanvasElement.prototype.getContext = () => blankContext;
document.fonts ??= new EventTarget();

/** React would keep the stack of every element that is made, for its warnings: a third of what a page costs here. */
Object.defineProperty(react, 'recentlyCreatedOwnerStacks', { get: () => Infinity, set() {}, configurable: true });

/** Without the page in the message: it would be printed at each of many tries while something is awaited. */
const getElementError = (message) => Object.assign(new Error(message), { name: 'TestingLibraryElementError' });

configure({ getElementError, asyncUtilTimeout: 60_000 }); // a page and its chunk load on a busy machine

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  sessionEnded();
  forgetPreferences();
  notifications.clean();
  localStorage.clear();
});
afterAll(() => server.close());
