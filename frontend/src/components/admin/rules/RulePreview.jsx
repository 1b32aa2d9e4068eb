import { Button } from '@mantine/core';
import { formatDuration } from '../../../lib/formatDuration.js';
import { plural } from '../../../lib/formatNumber.js';
import { formatMetric } from '../../../lib/metricValue.js';
import { usePreference } from '../../../lib/preferences.js';
import { problemWords } from '../../../lib/problem.js';
import { isUpward } from '../../../lib/ruleWords.js';
import { PreviewChart } from '../../charts/PreviewChart.jsx';
import { StatusShape } from '../../StatusShape.jsx';
import { PreviewFirings } from './PreviewFirings.jsx';
import { PreviewMessages } from './PreviewMessages.jsx';
import styles from './rules.module.css';

const reached = ({ series, unit }, operator, levels) => {
  const known = series.flatMap(({ values }) => values.filter((value) => value != null));
  if (!known.length) return '';
  const upward = isUpward(operator);
  return ` The ${upward ? 'highest' : 'lowest'} value was ${formatMetric(known.reduce((a, b) => (upward ? Math.max(a, b) : Math.min(a, b))), unit, levels)}.`;
};

const Summary = ({ preview, operator, levels }) => {
  if (!preview.matched_series) return <p className={styles.summary}>No series of <span className="mono">{preview.metric}</span> matches: it would not have fired.</p>;
  const waited = preview.spans.filter(({ state }) => state === 'pending').length;
  if (!preview.fired) return <p className={styles.summary}>Would <b>not have fired</b>{waited > 0 && <>, but been pending <b className="num">{plural(waited, 'time')}</b></>}.{reached(preview, operator, levels)}</p>;
  return (
    <p className={styles.summary}>
      Would have fired <b className="num">{plural(preview.fired, 'time')}</b>, <b className="num">{formatDuration(preview.firing_seconds)}</b> in total, about <b className="num">{plural(preview.messages, 'message')}</b>.
    </p>
  );
};

const Suggestion = ({ suggestion, unit, levels, onUse }) => {
  const value = formatMetric(suggestion.threshold, unit, levels);
  const times = { 1: 'once', 2: 'twice' }[suggestion.fired] ?? `${suggestion.fired} times`;
  return (
    <div className={styles.suggestion}>
      <span className="grow">At <b className="num">{value}</b> it would have fired {times}.</span>
      {onUse && <Button size="xs" onClick={() => onUse('threshold', suggestion.threshold)}>Use {value}</Button>}
    </div>
  );
};

const noted = ({ problem, waits, isWrong }, hours) => {
  if (isWrong) return `last ${hours} h, last valid values`;
  if (problem) return 'could not be renewed';
  return waits ? `last ${hours} h, computing` : `last ${hours} h`;
};

/**
 * What a rule would have done over the last hours. `found`: {preview, waits, problem, isWrong} - the last picture stays while
 * the next one is computed; `rule`: {operator, severity, ...lines} as it is edited; `onLine(name,
 * value)` where its lines may be moved; `label`: its name among others on the page.
 */
export const RulePreview = ({ found, rule, levels, hours = 24, label = 'Preview', onLine }) => {
  const zone = usePreference('zone');
  const { preview } = found;
  const lines = found.isWrong && preview ? preview : rule;
  return (
    <section className={styles.preview} aria-label={label} aria-busy={found.waits || undefined}>
      <header><h3>Preview</h3><span className="small dim">{preview ? noted(found, hours) : ''}</span></header>
      {!preview && !found.problem && <p className={styles.nothing}>{found.waits ? 'Computing what it would have done' : 'Choose a metric and a threshold to see what the rule would have done.'}</p>}
      {found.problem && !found.isWrong && <p className="note warn small"><StatusShape status="stale" size={14} /><span className="grow">{problemWords(found.problem)}</span><button type="button" className="link" onClick={() => found.retry()}>Try now</button></p>}
      {!preview && found.isWrong && <p className={styles.nothing}>Fix the marked fields to see what the rule would have done.</p>}
      {preview && (
        <>
          <div aria-live="polite"><Summary preview={preview} operator={rule.operator} levels={levels} /></div>
          {preview.series.length > 0 && <PreviewChart preview={preview} lines={lines} operator={rule.operator} levels={levels} zone={zone} onLine={onLine} />}
          <PreviewFirings preview={preview} levels={levels} label={`${label}, firings`} />
          {preview.suggestion && <Suggestion suggestion={preview.suggestion} unit={preview.unit} levels={levels} onUse={onLine} />}
          <PreviewMessages said={preview.said} severity={rule.severity} />
        </>
      )}
    </section>
  );
};
