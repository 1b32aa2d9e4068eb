const warnMs = 14 * 86_400_000;

/** What a token's end date means at `now` (ms): endless, ended, ending (within 14 days) or valid. */
export const tokenState = ({ expires_at: expiresAt }, now) => {
  if (!expiresAt) return 'endless';
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return 'ended';
  return left <= warnMs ? 'ending' : 'valid';
};
