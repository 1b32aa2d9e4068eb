import { useEffect, useState } from 'react';
import { useHistogram } from '../../../api/latency.js';
import { MiniHistogram } from '../../../components/charts/MiniHistogram.jsx';
import { hourMs } from '../../../lib/hours.js';

const restMs = 200;

/** How the requests of one hour (`at`: ms) were distributed; asked for once the pointer rests on it. */
export const HourHistogram = ({ latency, at, thresholds }) => {
  const [rests, setRests] = useState(false);
  useEffect(() => {
    const timer = setTimeout(setRests, restMs, true);
    return () => clearTimeout(timer);
  }, []);
  const { service, method, path } = latency;
  const { data } = useHistogram({ service, method, path, window: hourMs / 1000, toAt: new Date(at + hourMs).toISOString() }, rests);
  return data?.buckets.length ? <MiniHistogram histogram={data} thresholds={thresholds} /> : null;
};
