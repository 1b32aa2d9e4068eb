import { useEffect } from 'react';

const icon = () => document.querySelector('link[rel="icon"]');

/** The tab tells what is wrong even while it is hidden: `1 down · Health · Belfry`, and an octagon as its icon. */
export const useTabTitle = (title, down) => {
  useEffect(() => {
    document.title = [down > 0 && `${down} down`, title, 'Belfry'].filter(Boolean).join(' · ');
    icon()?.setAttribute('href', down > 0 ? '/favicon-down.svg' : '/favicon.svg');
  }, [title, down]);
};
