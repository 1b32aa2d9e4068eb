import { lazy, Suspense } from 'react';
import { costLine } from '../../lib/pipelineWords.js';
import { usePhone } from '../../lib/usePhone.js';
import { Segments } from '../Segments.jsx';
import { FlowList } from './pipeline/FlowList.jsx';
import styles from './pipeline/flow.module.css';

const FlowGraph = lazy(async () => ({ default: (await import('./pipeline/FlowGraph.jsx')).FlowGraph }));

const times = [['avg', 'Average'], ['p95', 'P95']];
const hint = { avg: costLine, p95: () => 'P95 of each step by itself: they do not add up' };

/** What a request passes: the steps in running order, in columns by phase, then the handler, with the time each takes. The
    table of steps has the same numbers. `steps`: in the order shown; `time`: avg or p95; `lit`: the id under the pointer. */
export const PipelineFlowChart = ({ pipeline, steps, time, onTime, lit, onLit, onOpen }) => {
  const phone = usePhone();
  const Path = phone ? FlowList : FlowGraph;
  return (
    <section className={`card ${styles.card}`} aria-labelledby="request-path">
      <header className={styles.head}>
        <h2 id="request-path">Request path</h2>
        <span className="small dim num grow">{hint[time](pipeline)}</span>
        <Segments label="Time shown" value={time} choices={times} onChange={onTime} />
      </header>
      <Suspense fallback={<div className={styles.placeholder} />}>
        <Path steps={steps} handler={pipeline.handler} time={`${time}_ms`} lit={lit} onLit={onLit} onOpen={onOpen} />
      </Suspense>
    </section>
  );
};
