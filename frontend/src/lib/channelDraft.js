import { fieldsOfChannel, channelKind } from './channelKinds.js';

const isEmpty = (value) => value == null || value === '' || (typeof value === 'object' && !Object.keys(value).length);

/** A channel as it is edited: its secrets are empty until they are replaced. */
export const channelDraft = ({ id, name, kind, enabled, fallback, fallback_after_seconds, config }) => ({ kind, id, name, enabled, fallback, fallback_after_seconds, ...config });

export const newChannel = (kind) => ({ kind, id: null, name: '', enabled: true, fallback: null, fallback_after_seconds: 900, ...Object.fromEntries(channelKind(kind).fields.filter(({ start }) => start !== undefined).map(({ name, start }) => [name, start])) });

/** What is sent: only fields that count; what is empty, and secrets that were not replaced, are left out. */
export const channelSpec = (draft) => {
  const fields = fieldsOfChannel(draft).map(({ name }) => [name, draft[name]]).filter(([, value]) => !isEmpty(value));
  const { kind, id, name, enabled, fallback, fallback_after_seconds } = draft;
  return { kind, ...(id ? { id } : {}), name: name.trim(), enabled, fallback, ...(fallback ? { fallback_after_seconds } : {}), ...Object.fromEntries(fields) };
};

/** A secret for signing as Standard Webhooks say: 24 random bytes. */
export const newSigningSecret = () => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))))}`;
