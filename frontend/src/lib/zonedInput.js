const two = (number) => String(number).padStart(2, '0');

/** A moment as the text of an `<input type="datetime-local">` in the person's zone. */
export const inputOf = (at, zone) => {
  const date = new Date(at);
  if (zone === 'UTC') return date.toISOString().slice(0, 16);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** The moment that such a text means, as the API wants it; null when there is none. */
export const momentOf = (text, zone) => {
  const date = new Date(zone === 'UTC' ? `${text}Z` : text);
  return text && !Number.isNaN(date.getTime()) ? date.toISOString() : null;
};

/** What the person's zone is called: `UTC`, `Europe/Berlin`. */
export const zoneName = (zone) => (zone === 'UTC' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone);
