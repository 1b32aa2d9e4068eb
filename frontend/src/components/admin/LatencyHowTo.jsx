import { EmptyState } from '../EmptyState.jsx';
import styles from './latencyBar.module.css';

/** Environment variables that every OpenTelemetry SDK reads. */
const example = (service, host, port) => `OTEL_SERVICE_NAME=${service}
OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:${port}
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta
OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram`;

/** No request was measured: why the table is empty, and how to send requests to `port`. `span`: the window in words;
    `service`: the one that is asked for; `after`: the one that goes on in its place. */
export const LatencyHowTo = ({ span, port, service, after, action, host = window.location.hostname }) => {
  const none = `No request ${service ? `of ${service} ` : ''}was measured in ${span}.`;
  if (after) return <EmptyState title="Insufficient data" action={action}>{none} When they ended, {after} began with the same endpoints: it seems that the service was renamed.</EmptyState>;
  return (
    <div className={styles.howTo}>
      <EmptyState title="Insufficient data" example={example(service || 'shop', host, port)} action={action}>
        {none} Start {service || 'a service'} with an OpenTelemetry SDK and these settings; its endpoints stand here within a minute.
      </EmptyState>
    </div>
  );
};
