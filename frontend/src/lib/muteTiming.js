export const weekDays = [['mon', 'Mon'], ['tue', 'Tue'], ['wed', 'Wed'], ['thu', 'Thu'], ['fri', 'Fri'], ['sat', 'Sat'], ['sun', 'Sun']];
const order = weekDays.map(([day]) => day);
const nameOf = Object.fromEntries(weekDays);
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
export const monthChoices = months.map((label, at) => ({ value: String(at + 1), label }));

/** Days that follow each other are a range: `Mon to Fri`, `Sat, Sun`. */
const dayWords = (days) => {
  const places = days.map((day) => order.indexOf(day)).toSorted((a, b) => a - b);
  if (!places.length || places.length === 7) return 'every day';
  const inRow = places.at(-1) - places[0] === places.length - 1 && places.length > 2;
  return inRow ? `${nameOf[order[places[0]]]} to ${nameOf[order[places.at(-1)]]}` : places.map((place) => nameOf[order[place]]).join(', ');
};

/** A span in words: `Mon to Fri 22:00 to 07:00`, `every day, all day, in Dec`. */
export const spanWords = ({ from_time: from, until, days, months: in_, days_of_month: on }) => {
  const hours = from === '00:00' && until === '24:00' ? 'all day' : `${from} to ${until}`;
  return [`${dayWords(days)}, ${hours}`, on.length && `on day ${on.join(', ')} of the month`, in_.length && `in ${in_.map((month) => months[month - 1]).join(', ')}`].filter(Boolean).join(', ');
};

export const newSpan = { from_time: '22:00', until: '07:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'], months: [], days_of_month: [] };
export const newTiming = (zone) => ({ name: '', time_zone: zone, note: '', spans: [newSpan] });

/** As the API wants it. */
export const timingSpec = ({ name, time_zone, note, spans }) => ({ name: name.trim(), time_zone, note: note.trim(), spans });

/** The clock in a time zone now, `15:08`; '' for a zone this browser does not know. */
export const clockIn = (zone, now) => {
  try {
    return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(now);
  } catch {
    return '';
  }
};

export const timeZones = () => ['UTC', ...(Intl.supportedValuesOf?.('timeZone') ?? []).filter((zone) => zone !== 'UTC')];
