/** How far a message has come: its word and its shape. */
const states = {
  queued: ['Queued', 'unknown'],
  sending: ['Sending', 'unknown'],
  sent: ['Sent', 'healthy'],
  accepted: ['Accepted', 'healthy'],
  delivered: ['Delivered', 'healthy'],
  retrying: ['Retrying', 'degraded'],
  failed: ['Failed', 'down'],
  dropped: ['Not needed', 'paused'],
};
export const deliveryWord = (state) => states[state]?.[0] ?? state;
export const deliveryShape = (state) => states[state]?.[1] ?? 'unknown';
export const reasonWords = { fired: 'Fired', more_firing: 'More fired', raised: 'Became critical', escalated: 'Escalated', acknowledged: 'Acknowledged', resolved: 'Resolved', test: 'Test' };
