import { StatusShape } from '../components/StatusShape.jsx';
import { useLive } from '../hooks/useLive.js';
import { useNow } from '../lib/clock.js';
import { formatDuration } from '../lib/formatDuration.js';

/** Under the header while the gateway cannot be reached: how old everything is, and a way to try at once. */
export const OfflineBanner = () => {
  const live = useLive();
  const now = useNow();
  if (live.state !== 'offline') return null;
  const age = live.at ? ` Everything here is ${formatDuration((now - live.at) / 1000)} old.` : '';
  return (
    <div className="note bad" role="alert" style={{ marginBottom: 12 }}>
      <StatusShape status="down" />
      <span className="grow">
        {navigator.onLine ? 'Belfry does not answer.' : 'This browser is offline.'}
        <span className="num" aria-hidden="true">{age}</span>
      </span>
      <button type="button" className="link" onClick={live.refresh}>Try now</button>
    </div>
  );
};
