import { lazy, Suspense, useMemo, useState } from 'react';
import { useNow } from '../../lib/clock.js';
import { formatRate } from '../../lib/formatNumber.js';
import { formatClock } from '../../lib/formatTime.js';
import { rateColumns } from '../../lib/rateHistory.js';
import { useWidth } from '../../lib/useWidth.js';
import { RateTable } from './RateTable.jsx';
import styles from './rates.module.css';

const RatePlot = lazy(async () => ({ default: (await import('./RatePlot.jsx')).RatePlot }));

const shownSeconds = 600;
const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 60, PageDown: -60 };

const Line = ({ colour, dash }) => (
  <svg width="16" height="8" aria-hidden="true"><path d="M0 4h16" stroke={`var(--bf-${colour})`} strokeWidth="2" strokeDasharray={dash} /></svg>
);

const Figure = ({ line, word, value }) => (
  <span className={styles.figure}>{line}<span className="mid">{word}</span> <b className="num strong">{value}</b></span>
);

/** The rates of a moment: a gap has none. */
const ratesAt = (points, second) => {
  const point = points.find((one) => Date.parse(one.at) / 1000 === second);
  return { sent: point?.msg_out_rate, received: point?.msg_in_rate, errors: point?.error_rate };
};

const wordsOf = ({ sent, received }) => (sent == null && received == null ? 'no data' : `sent ${formatRate(sent)}, received ${formatRate(received)}`);

/**
 * Messages per second over the last ten minutes: sent solid, received dashed, a gap where nothing is known. `points`: of
 * the history, oldest first; `rates`: `{sent, received, errors}` of now; pointing or the arrow keys show those of a moment.
 */
export const MessageRateChart = ({ points, rates, zone }) => {
  const [box, width] = useWidth(344);
  const [pointedAt, setPointedAt] = useState(null); // seconds: the line moves on under the pointer
  const [asTable, setAsTable] = useState(false);
  const now = useNow(5) / 1000; // when nothing comes, what is missing grows at the right
  const columns = useMemo(() => rateColumns(points), [points]);
  const [seconds] = columns;
  const last = Math.max(0, seconds.length - 1);
  const end = Math.max(now, seconds[last] ?? 0);
  const domain = useMemo(() => [end - shownSeconds, end], [end]);
  const index = seconds.indexOf(pointedAt);
  const shown = index < 0 ? rates : ratesAt(points, pointedAt);
  const clock = (second) => formatClock(second * 1000, zone);

  const onKeyDown = (event) => {
    const from = index < 0 ? last : index;
    const by = steps[event.key];
    const to = by ? Math.min(Math.max(from + by, 0), last) : { Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setPointedAt(seconds[to] ?? null);
  };

  return (
    <figure>
      <figcaption className={styles.figures}>
        <Figure line={<Line colour="s1" />} word="Sent" value={formatRate(shown.sent)} />
        <Figure line={<Line colour="s2" dash="4 2" />} word="Received" value={formatRate(shown.received)} />
        <Figure word="Errors" value={formatRate(shown.errors)} />
      </figcaption>
      <div ref={box} className={styles.plot} role="slider" tabIndex={0} aria-label="Messages per second over 10 minutes" aria-valuemin={0} aria-valuemax={last} aria-valuenow={index < 0 ? last : index}
        aria-valuetext={`${index < 0 ? 'now' : clock(pointedAt)}: ${wordsOf(shown)}`} onKeyDown={onKeyDown} onBlur={() => setPointedAt(null)}>
        <Suspense>
          <RatePlot columns={columns} domain={domain} width={width} index={index} onIndex={(at) => setPointedAt(seconds[at] ?? null)} />
        </Suspense>
      </div>
      <div className={styles.axis}>
        <span className="num">{clock(domain[0]).slice(0, 5)}</span>
        <span className="num strong">{index < 0 ? '' : clock(pointedAt)}</span>
        <button type="button" className="link small tall" aria-expanded={asTable} onClick={() => setAsTable(!asTable)}>as table</button>
        <span>now</span>
      </div>
      {asTable && <RateTable points={points} zone={zone} />}
    </figure>
  );
};
