import { useEffect } from 'react';
import { page } from '../lib/page.js';

/** Names the page for the header and the tab. `updatedAt`: ms; `refreshSeconds`: how often it asks again; `refresh`: do it now. */
export const usePage = (title, { updatedAt = null, refreshSeconds = null, refresh = null } = {}) => {
  useEffect(() => page.set({ title, updatedAt, refreshSeconds, refresh }), [title, updatedAt, refreshSeconds, refresh]);
};
