import { LatencyHowTo } from '../../../components/admin/LatencyHowTo.jsx';
import { rangeChange, rangeName } from '../../../lib/latencyRange.js';
import { serviceAfter } from '../../../lib/renamed.js';

/** No request at all in the range: how to send some, unless a service goes on under another name. `known`: endpoints of
    the last day. */
export const NothingMeasured = ({ view, summary, known, zone, change }) => {
  const after = view.service && serviceAfter(view.service, known);
  const toLonger = () => change({ range: '7d', ...rangeChange(null) });
  const action = after
    ? <button type="button" className="link" onClick={() => change({ service: after })}>Look at {after}</button>
    : (view.range !== '7d' || view.from !== null) && <button type="button" className="link" onClick={toLonger}>Look at 7 days</button>;
  return <LatencyHowTo span={rangeName(view, zone)} port={summary.otlp_port} service={view.service} after={after} action={action} />;
};
