import { bucketBand, histogramScales } from '../../lib/histogramShape.js';

const plot = { top: 1, bottom: 20, left: 0, right: 132 };

/** A histogram without axes, for a line of text: bars on a log scale, coloured by band. */
export const MiniHistogram = ({ histogram, thresholds }) => {
  const scales = histogramScales(histogram, plot);
  return (
    <svg width={plot.right} height={plot.bottom} aria-hidden="true" data-mini>
      {histogram.buckets.map((bucket, at) => {
        const { x, y, width } = scales.bar(at);
        return <rect key={bucket.lower_ms} x={x} y={y} width={width} height={plot.bottom - y} fill={`var(--bf-band-${bucketBand(bucket, thresholds)})`} />;
      })}
    </svg>
  );
};
