import { EmptyState } from '../EmptyState.jsx';
import styles from './latencyBar.module.css';

/** Environment variables that every OpenTelemetry SDK reads. */
const example = (host) => `OTEL_SERVICE_NAME=shop
OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:4318
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta
OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram`;

/** No request was measured: why the table is empty, and how to send requests. `span`: the window in words. */
export const LatencyHowTo = ({ span, action, host = window.location.hostname }) => (
  <div className={styles.howTo}>
    <EmptyState title="Insufficient data" example={example(host)} action={action}>
      No request was measured in the last {span}. Start a service that has an OpenTelemetry SDK with these settings; its endpoints stand here within a minute.
    </EmptyState>
  </div>
);
