import { createStore } from './store.js';

/** What the page says about itself to the header: its title, a `note` beside it, when its data is from (ms), how often it refreshes. */
export const page = createStore({ title: '', note: '', updatedAt: null, refreshSeconds: null, refresh: null });
