/** To a page outside of the app: the browser loads it anew. */
export const leaveTo = (address) => window.location.assign(address);
