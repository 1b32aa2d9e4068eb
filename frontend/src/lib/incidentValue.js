import { formatMetric } from './metricValue.js';

/** The words of a metric that is a status. */
const levels = { 'health.status': { healthy: 0, degraded: 1, down: 2 } };

/** A value of an incident's metric, in its unit or as a word: `655 ms`, `down`. */
export const valueWords = (value, { unit, metric }) => formatMetric(value, unit, levels[metric]);

/** The level of a status metric as a status to be drawn; undefined for other metrics. */
export const statusOfValue = (value, metric) => Object.entries(levels[metric] ?? {}).find(([, level]) => level === value)?.[0];
