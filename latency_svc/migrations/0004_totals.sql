-- The requests of every endpoint in a minute, hour or day, of one writer: what chooses the busiest without reading their
-- histograms. Both columns hold a big-endian bigint for each endpoint, in the order of their ids, as int8send writes it.
CREATE TABLE total_1m (
    at timestamptz NOT NULL,
    writer text NOT NULL,
    endpoint_ids bytea NOT NULL,
    counts bytea NOT NULL,
    PRIMARY KEY (at, writer)
);
ALTER TABLE total_1m ALTER COLUMN endpoint_ids SET STORAGE EXTERNAL;
ALTER TABLE total_1m ALTER COLUMN counts SET STORAGE EXTERNAL;
CREATE TABLE total_1h (LIKE total_1m INCLUDING ALL);
CREATE TABLE total_1d (LIKE total_1m INCLUDING ALL);

INSERT INTO total_1m
SELECT at, writer, string_agg(int8send(endpoint_id), '' ORDER BY endpoint_id),
    string_agg(int8send(count), '' ORDER BY endpoint_id)
FROM histogram_1m GROUP BY at, writer;
INSERT INTO total_1h
SELECT at, writer, string_agg(int8send(endpoint_id), '' ORDER BY endpoint_id),
    string_agg(int8send(count), '' ORDER BY endpoint_id)
FROM histogram_1h GROUP BY at, writer;
INSERT INTO total_1d
SELECT at, writer, string_agg(int8send(endpoint_id), '' ORDER BY endpoint_id),
    string_agg(int8send(count), '' ORDER BY endpoint_id)
FROM histogram_1d GROUP BY at, writer;
