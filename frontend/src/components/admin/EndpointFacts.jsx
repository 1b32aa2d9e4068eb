import { changeLook } from '../../lib/latencyBands.js';
import { boundWords, changeWords } from '../../lib/latencyWords.js';
import { formatCount, formatErrors, formatLatency } from '../../lib/formatNumber.js';

const Fact = ({ name, children, look, title }) => <div><dt>{name}</dt><dd className={look} title={title}>{children}</dd></div>;

/** What an open row tells in numbers; `all`: also what the row itself has no room for. */
export const EndpointFacts = ({ latency, all }) => (
  <dl>
    {all && <Fact name="P50">{formatLatency(latency.p50)}</Fact>}
    {all && <Fact name="Requests">{formatCount(latency.count)}</Fact>}
    {all && latency.change_pct !== null && <Fact name="Change" look={changeLook(latency.change_pct)}>{changeWords(latency.change_pct)}</Fact>}
    <Fact name="Errors" look={latency.error_rate_pct >= 1 ? 't-down' : ''}>{formatErrors(latency.error_rate_pct)}</Fact>
    <Fact name="Max">{formatLatency(latency.max_ms)}</Fact>
    <Fact name="Mean">{formatLatency(latency.mean_ms)}</Fact>
    <Fact name="Error bound" title="No quantile is further from the exact value than this">{boundWords(latency.error_bound_pct)}</Fact>
  </dl>
);
