-- The slowest requests of an endpoint in an hour that a trace is known of, packed. A row belongs to its writer, who
-- overwrites it; readers merge the writers. Kept a week.
CREATE TABLE example (
    at timestamptz NOT NULL,
    endpoint_id bigint NOT NULL,
    writer text NOT NULL,
    examples bytea NOT NULL,
    PRIMARY KEY (endpoint_id, at, writer)
) PARTITION BY RANGE (at);
