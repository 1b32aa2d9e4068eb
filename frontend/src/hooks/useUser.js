import { createContext, useContext } from 'react';

/** Set by the frame for all that stands inside it: there, somebody is always signed in. */
export const UserContext = createContext(null);

/** Who is signed in: `{name, role, ...}`. */
export const useUser = () => useContext(UserContext);
