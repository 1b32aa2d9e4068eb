import { useState } from 'react';
import { isRoomFor, watchAll } from '../../../lib/watched.js';

/** Over a list of watched endpoints that came with a link: whose it is, and what to do with it. */
export const SharedList = ({ listed, own, user, onLeave }) => {
  const [refused, setRefused] = useState(false);
  const keep = () => {
    if (isRoomFor([...own, ...listed]) && watchAll(user, listed)) onLeave();
    else setRefused(true);
  };
  return (
    <div className="note info small">
      <span className="grow">{refused ? 'There is no room for all of these besides your own.' : 'These endpoints came with a link; they are not your own list.'}</span>
      <button type="button" className="link" onClick={keep}>Watch them too</button>
      <button type="button" className="link" onClick={onLeave}>Show my own</button>
    </div>
  );
};
