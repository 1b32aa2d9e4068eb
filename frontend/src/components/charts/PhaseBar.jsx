import { formatLatency } from '../../lib/formatNumber.js';
import { phaseScale, phaseSentence, phaseWord } from '../../lib/phases.js';
import styles from './phases.module.css';

const looks = [styles.p1, styles.p2, styles.p3, styles.p4, styles.p5, styles.p6];
const lookOf = (at) => looks[at % looks.length];

const totalOf = (phases) => phases.reduce((sum, phase) => sum + phase.duration_ms, 0);

const Bar = ({ phases, scale, label }) => (
  <div className={styles.track} role="img" aria-label={`${label}: ${phaseSentence(phases, formatLatency)}`}>
    {scale.parts.map((part) => (
      <i key={part.name + part.at} className={`${styles.part} ${lookOf(part.at)}`} style={{ left: `${part.startPct}%`, width: `max(2px, ${part.widthPct}%)` }} />
    ))}
    {scale.budgetPct !== null && <span className={styles.budget} style={{ left: `${scale.budgetPct}%` }} />}
  </div>
);

const Legend = ({ phases, before }) => (
  <ul className={styles.legend}>
    {phases.map((phase, at) => {
      const old = before?.find((one) => one.name === phase.name);
      return (
        <li key={phase.name + at}>
          <i className={lookOf(at)} />
          {phaseWord(phase.name)} <b className="num">{formatLatency(phase.duration_ms)}</b>
          {old && <span className="dim num">was {formatLatency(old.duration_ms)}</span>}
        </li>
      );
    })}
  </ul>
);

/** Where the time of one check went, as one stacked bar, with the timeout as a line. `before`: the phases of the last
    success, drawn below on the same scale. */
export const PhaseBar = ({ phases, budgetMs, before }) => {
  const scale = phaseScale(phases, budgetMs, before ? [totalOf(before)] : []);
  const earlier = before && phaseScale(before, budgetMs, [scale.total]);
  return (
    <div>
      <div className={styles.rowHead}>
        <span className="num">{formatLatency(scale.total)} in all</span>
        <span className="dim num">timeout {budgetMs / 1000} s{scale.budgetPct === null ? ' →' : ''}</span>
      </div>
      <Bar phases={phases} scale={scale} label="Phases" />
      {before && (
        <>
          <div className={styles.rowHead}><span className="dim num">{formatLatency(earlier.total)} at the last success</span></div>
          <Bar phases={before} scale={earlier} label="Phases of the last success" />
        </>
      )}
      <Legend phases={phases} before={before} />
    </div>
  );
};
