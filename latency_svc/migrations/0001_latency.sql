-- Who is measured: one endpoint of one service.
CREATE TABLE endpoint (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    method text NOT NULL,
    route text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (service, method, route)
);

-- How long requests took, by minute, hour and UTC day. A row belongs to its writer, who overwrites it and never adds
-- to it; readers merge the writers. Roll-ups have the writer "rollup". Kept 48 hours, 90 days and 2 years.
CREATE TABLE histogram_1m (
    at timestamptz NOT NULL,
    endpoint_id bigint NOT NULL,
    writer text NOT NULL,
    count bigint NOT NULL,
    error_count bigint NOT NULL,
    sum_seconds double precision NOT NULL,
    min_seconds double precision NOT NULL,
    max_seconds double precision NOT NULL,
    error_pct double precision NOT NULL DEFAULT 0,
    scale integer NOT NULL,
    lo integer NOT NULL,
    counts bytea NOT NULL,
    PRIMARY KEY (at, endpoint_id, writer)
) PARTITION BY RANGE (at);

CREATE TABLE histogram_1h (LIKE histogram_1m INCLUDING ALL) PARTITION BY RANGE (at);
CREATE TABLE histogram_1d (LIKE histogram_1m INCLUDING ALL) PARTITION BY RANGE (at);

CREATE INDEX histogram_1m_by_endpoint ON histogram_1m (endpoint_id, at);
CREATE INDEX histogram_1h_by_endpoint ON histogram_1h (endpoint_id, at);
CREATE INDEX histogram_1d_by_endpoint ON histogram_1d (endpoint_id, at);

-- The counts are packed already; PostgreSQL shall not try again.
ALTER TABLE histogram_1m ALTER COLUMN counts SET STORAGE EXTERNAL;
ALTER TABLE histogram_1h ALTER COLUMN counts SET STORAGE EXTERNAL;
ALTER TABLE histogram_1d ALTER COLUMN counts SET STORAGE EXTERNAL;

-- Which messages of the stream are in the rows above, by their place and the epoch at which the stream stored them: a
-- stream that was made anew counts its places from 1 again.
CREATE TABLE applied_message (
    sequence bigint NOT NULL,
    stored_at double precision NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sequence, stored_at)
);
CREATE INDEX applied_message_by_time ON applied_message (applied_at);

-- Durations that were not counted, by the minute they came in and why.
CREATE TABLE dropped (
    at timestamptz NOT NULL,
    service text NOT NULL,
    reason text NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (at, service, reason)
);
