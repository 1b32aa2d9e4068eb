import { useState } from 'react';

/** A list whose members stay, once they were in it, until the `place` is another one: what is taken out is not torn away
    from under the pointer. */
export const useStaying = (ids, place) => {
  const [kept, setKept] = useState({ ids, place });
  const all = kept.place === place ? [...new Set([...kept.ids, ...ids])] : ids;
  if (kept.place !== place || all.length !== kept.ids.length) setKept({ ids: all, place });
  return all;
};
