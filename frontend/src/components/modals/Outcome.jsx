import { resultStatus, resultWord } from '../../lib/checkWords.js';
import { useNow } from '../../lib/clock.js';
import { formatDuration } from '../../lib/formatDuration.js';
import { formatLatency } from '../../lib/formatNumber.js';
import { kindWord } from '../../lib/kindWords.js';
import { PhaseBar } from '../charts/PhaseBar.jsx';
import { CopyButton } from '../CopyButton.jsx';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './modals.module.css';

const Assertions = ({ assertions }) => (
  <div className="scroll-x">
    <table className={`table ${styles.assertions}`}>
      <thead><tr><th scope="col">Assertion</th><th scope="col">Expected</th><th scope="col">Actual</th></tr></thead>
      <tbody>
        {assertions.map((one) => (
          <tr key={one.name}>
            <td><span className="row"><StatusShape status={one.passed ? 'healthy' : 'down'} size={13} /><span className="mono">{one.name}</span><span className="visually-hidden">{one.passed ? 'passed' : 'failed'}</span></span></td>
            <td className="mono">{one.expected}</td>
            <td className={`mono ${one.passed ? '' : 't-down strong'}`}>{one.actual}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Certificate = ({ at }) => {
  const left = (Date.parse(at) - useNow(60)) / 1000;
  return (
    <p className="small mid">
      Certificate {left > 0 ? <>ends in <b className="strong num">{formatDuration(left)}</b></> : <b className="t-down strong">ended</b>}, <Moment at={at} />
    </p>
  );
};

const Head = ({ text }) => (
  <details className={styles.response}>
    <summary>Start of the answer</summary>
    <figure className="example"><pre className="mono">{text}</pre><CopyButton text={text} /></figure>
  </details>
);

const Children = ({ outcomes }) => (
  <ul className={styles.children}>
    {outcomes.map((one) => (
      <li key={one.component}><StatusShape status={resultStatus(one.result)} size={13} /><b className="strong">{one.component}</b> <span className="dim">{one.reason}</span></li>
    ))}
  </ul>
);

/** What one check of a run found. `before`: the same check at the last success; `budgetMs`: its timeout. */
export const Outcome = ({ outcome, before, budgetMs }) => (
  <section className={styles.outcome} aria-label={`Check ${outcome.component}`} data-result={outcome.result}>
    <h3>
      <StatusShape status={resultStatus(outcome.result)} size={16} />
      <span className="strong">{outcome.component}</span>
      <span className="dim">{kindWord(outcome.kind)}</span>
      {outcome.critical && <span className="badge line" title="When it fails, the service is down">critical</span>}
      <span className="grow" />
      <span className="num dim">{resultWord(outcome.result)}, {formatLatency(outcome.duration_ms)}</span>
    </h3>
    <p className={outcome.result === 'fail' ? 't-down' : 'mid'}>{outcome.reason}{outcome.reason && outcome.address && ' · '}{outcome.address && <span className="mono dim">{outcome.address}</span>}</p>
    {outcome.phases?.length > 0 && <PhaseBar phases={outcome.phases} budgetMs={budgetMs} before={before?.phases} />}
    {outcome.assertions?.length > 0 && <Assertions assertions={outcome.assertions} />}
    {outcome.certificate_ends_at && <Certificate at={outcome.certificate_ends_at} />}
    {outcome.children?.length > 0 && <Children outcomes={outcome.children} />}
    {outcome.response_head && <Head text={outcome.response_head} />}
  </section>
);
