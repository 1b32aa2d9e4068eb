import { createStore } from './store.js';

/** What the page says about itself to the header: its title, when its data is from (ms), how often it refreshes. */
export const page = createStore({ title: '', updatedAt: null, refreshSeconds: null, refresh: null });
