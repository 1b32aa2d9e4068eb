/** Where to go after signing in: only a path of this origin, never another host. */
export const nextPath = (next) => (next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/admin');
