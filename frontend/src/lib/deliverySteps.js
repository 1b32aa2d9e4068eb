const words = { queued: 'queued', sending: 'sending', sent: 'sent', accepted: 'accepted', delivered: 'delivered', retrying: 'refused', failed: 'refused for good', dropped: 'not needed any more' };
/** Steps whose words from the provider, or from us, are read out under the row. */
const telling = ['retrying', 'failed', 'dropped'];
const tones = { accepted: 'healthy', delivered: 'healthy', retrying: 'down', failed: 'down' };

/** Seconds after the message was queued: `+0.4 s`, `+7 min`. */
const offset = (at, from) => {
  const seconds = Math.max(0, (Date.parse(at) - Date.parse(from)) / 1000);
  if (seconds < 10) return `+${seconds.toFixed(1)} s`;
  return seconds < 60 ? `+${Math.round(seconds)} s` : `+${Math.round(seconds / 60)} min`;
};

const own = ({ queued_at: queuedAt, steps }, from = queuedAt) =>
  steps.map(({ state, at, detail }, place) => ({
    words: words[state],
    after: state === 'queued' && place === 0 ? '' : offset(at, from),
    tone: tones[state] ?? '',
    detail,
    tells: telling.includes(state),
  }));

/** How the fallback of a message went, as steps of the message itself. */
const instead = (fallback, from) => {
  const last = own(fallback, from).at(-1);
  return { ...last, words: `${last.tone === 'healthy' ? 'sent' : last.words} to ${fallback.channel_name} instead`, detail: last.tone === 'healthy' ? '' : last.detail };
};

/**
 * Messages as rows: `{delivery, steps: [{words, after, tone, detail}], said: [the provider's words], twice}`. A message that
 * went another way in the end is told in the row of the first one.
 */
export const deliveryRows = (deliveries) => {
  const fallbacks = new Map(deliveries.filter(({ fallback_of: of }) => of).map((one) => [one.fallback_of, one]));
  const known = new Set(deliveries.map(({ id }) => id));
  return deliveries
    .filter(({ fallback_of: of }) => !of || !known.has(of))
    .map((delivery) => {
      const fallback = fallbacks.get(delivery.id);
      const steps = [...own(delivery), ...(fallback ? [instead(fallback, delivery.queued_at)] : [])];
      const failed = delivery.state === 'failed';
      const said = [...new Set(steps.filter(({ tells, detail }) => tells && detail).map(({ detail }) => detail))];
      return { delivery, steps, said, hint: failed ? (delivery.error?.hint ?? '') : '', twice: delivery.possible_duplicate || Boolean(fallback?.possible_duplicate), lost: failed && !fallback };
    });
};
