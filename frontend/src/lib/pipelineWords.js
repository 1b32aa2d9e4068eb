import { formatSelfTime, plural } from './formatNumber.js';
import { listed } from './sentences.js';

/** The phases of a request, in the order in which their steps usually stand. */
export const phaseWords = { edge: 'Edge', browser: 'Browser', admit: 'Admit', auth: 'Auth', rate: 'Rate', transform: 'Transform', upstream: 'Upstream' };

/** Who saved something: people by name, programs by the name of their token. */
export const actorWords = (actor) => (actor === 'belfry' ? 'Belfry' : actor.replace(/^token:/, 'token '));

const counts = ['No gateway', 'One gateway', 'Both gateways', 'All three gateways'];

/** Which gateways run what, one clause for each revision: `Both gateways still run revision 41`, `gw-0 runs 42, gw-1 runs 41`. */
export const runningWords = (nodes, running) => {
  if (running !== null) return nodes.length === 1 ? `${nodes[0].node} still runs revision ${running}` : `${counts[nodes.length] ?? `All ${nodes.length} gateways`} still run revision ${running}`;
  return nodes.map(({ node, revision }) => `${node} runs ${revision}`).join(', ');
};

/** What a gateway did not do, in a sentence; '' when all is well with it. */
export const nodeTrouble = ({ node, revision, origin, rejected_revision: rejected, error, unknown_steps: unknown }) => {
  if (rejected != null) return `${node} kept ${revision}: ${error || `it could not build ${rejected}`}`;
  if (origin === 'default') return `${node} runs the chain it was built with: it could read no revision when it started`;
  if (origin === 'copy') return `${node} runs the last revision it could read, ${revision}: pipeline_svc did not answer when it started`;
  if (unknown.length) return `${node} leaves out ${listed(unknown)}: it has no such step`;
  return '';
};

/** The title's line under the header: `Revision 42, running 41`. */
export const revisionLine = ({ revision, running_revision: running, nodes }) => {
  if (!nodes.length) return `Revision ${revision}`;
  return running === null ? `Revision ${revision}, running ${[...new Set(nodes.map((node) => node.revision))].join(' and ')}` : `Revision ${revision}, running ${running}`;
};

/** `3.03 ms on average, 1.12 ms of it in 14 steps`. */
export const costLine = ({ avg_ms: avg, steps_avg_ms: inSteps, steps }) => {
  if (avg === null) return 'No request in the last 5 min';
  return `${formatSelfTime(avg)} on average, ${formatSelfTime(inSteps)} of it in ${plural(steps.filter(({ stats }) => stats?.calls).length, 'step')}`;
};

const setting = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

const settingsWords = (before = {}, after = {}) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => `${name} ${name in before ? setting(before[name]) : '–'} → ${name in after ? setting(after[name]) : '–'}`).join(', ');

const changeKinds = {
  moved: ({ before, after }) => `moved from ${before} to ${after}`,
  enabled: () => 'switched on',
  disabled: () => 'switched off',
  added: () => 'added',
  removed: () => 'removed',
  settings: ({ before, after }) => settingsWords(before, after),
};

/** A change of a revision: `cache moved from 16 to 15`. */
export const changeWords = (change) => `${change.step} ${changeKinds[change.kind](change)}`;

/** What a revision did, in a line: its comment, else its changes. */
export const revisionWords = ({ comment, changes }) => comment || listed(changes.map(changeWords)) || 'Nothing changed';

/** What to show beside a revision's number: `[status, word]`, or null. */
export const revisionBadge = ({ latest, running_on: nodes }, nodeCount) => {
  if (nodes.length) return ['healthy', nodes.length < nodeCount ? `Running on ${listed(nodes)}` : 'Running'];
  return latest ? ['degraded', 'Saved, not running'] : null;
};
