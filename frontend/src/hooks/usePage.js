import { useEffect } from 'react';
import { page } from '../lib/page.js';

/** Names the page for the header and the tab. `note`: beside the title; `updatedAt`: ms; `refreshSeconds`: how often it asks again; `refresh`: do it now. */
export const usePage = (title, { note = '', updatedAt = null, refreshSeconds = null, refresh = null } = {}) => {
  useEffect(() => page.set({ title, note, updatedAt, refreshSeconds, refresh }), [title, note, updatedAt, refreshSeconds, refresh]);
};
