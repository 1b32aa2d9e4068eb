import { afterEach, beforeEach, vi } from 'vitest';
import { goldenNow } from './golden.js';

/** The tests of this file live at the moment of the golden answers; timers run as always. */
export const atGoldenTime = () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: goldenNow }));
  afterEach(() => vi.useRealTimers());
};
