import { sortWords } from '../../lib/latencyWords.js';
import styles from './charts.module.css';

const labelWidth = 30;

/** P50, P95 and P99 as dotted lines over a histogram; a label that would touch the one before it stands lower. */
export const QuantileMarks = ({ latency, x, top, bottom, end }) => {
  const marks = ['p50', 'p95', 'p99'].filter((key) => latency[key] != null).map((key) => ({ key, at: x(latency[key]) }));
  const line = marks.reduce((levels, mark, at) => [...levels, at && mark.at - marks[at - 1].at < labelWidth ? levels.at(-1) + 1 : 0], []);
  return marks.map(({ key, at }, index) => (
    <g key={key} data-mark={key}>
      <line x1={at} x2={at} y1={top - 8} y2={bottom} className={styles.mark} />
      <text x={at > end - labelWidth ? at - 4 : at + 4} y={top + line[index] * 13} textAnchor={at > end - labelWidth ? 'end' : 'start'} className={styles.markLabel}>{sortWords[key]}</text>
    </g>
  ));
};
