-- How long a channel may fail before its fallback is told too.
ALTER TABLE channel ADD COLUMN fallback_after_seconds double precision NOT NULL DEFAULT 900;

-- Tests that were sent in the last minute: the limit is one for all replicas.
CREATE TABLE test_send (
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    channel text NOT NULL
);
CREATE INDEX test_send_by_time ON test_send (at);

-- What is removed when its time is over is found, and what refers to it. Small tables: writers wait for a moment.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX incident_by_end ON incident (resolved_at) WHERE resolved_at IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX delivery_by_fallback ON delivery (fallback_of) WHERE fallback_of IS NOT NULL;
