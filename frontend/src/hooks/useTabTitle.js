import { useEffect } from 'react';

const icon = () => document.querySelector('link[rel="icon"]');

/** The tab tells what is wrong even while it is hidden: `1 down, 3 firing · Health · Belfry`, and an octagon as its icon. */
export const useTabTitle = (title, down, firing) => {
  useEffect(() => {
    const wrong = [down > 0 && `${down} down`, firing > 0 && `${firing} firing`].filter(Boolean).join(', ');
    document.title = [wrong, title, 'Belfry'].filter(Boolean).join(' · ');
    icon()?.setAttribute('href', down > 0 ? '/favicon-down.svg' : '/favicon.svg');
  }, [title, down, firing]);
};
