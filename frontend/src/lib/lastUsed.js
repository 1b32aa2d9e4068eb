/** Ids of what was used last, newest first; kept in this browser. */
const key = 'belfry.lastUsed';
const kept = 12;

export const lastUsed = () => {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored : [];
  } catch {
    return []; // somebody else wrote there: start afresh
  }
};

export const noteUsed = (id) => {
  localStorage.setItem(key, JSON.stringify([id, ...lastUsed().filter((other) => other !== id)].slice(0, kept)));
};
