-- The last point of each cumulative series that OpenTelemetry clients send: the next one is counted from there.
CREATE TABLE otlp_baseline (
    key bytea PRIMARY KEY,
    point bytea NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX otlp_baseline_by_time ON otlp_baseline (saved_at);
