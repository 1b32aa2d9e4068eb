import { vi } from 'vitest';

/** Files share a worker and the packages in it, which take long to load; our own modules, with what they hold, are each file's own. */
vi.resetModules();
