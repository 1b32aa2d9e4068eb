-- What is monitored, as declared.
CREATE TABLE service (
    id text PRIMARY KEY,
    spec jsonb NOT NULL,
    source jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- The status machine's memory of each service.
CREATE TABLE service_state (
    service_id text PRIMARY KEY REFERENCES service (id) ON DELETE CASCADE,
    state jsonb NOT NULL,
    last_run jsonb,
    last_beat_at timestamptz
);

-- Every run of the checks, kept a week: partitions by day, dropped whole.
CREATE TABLE check_run (
    id text NOT NULL,
    service_id text NOT NULL,
    started_at timestamptz NOT NULL,
    result text NOT NULL,
    run jsonb NOT NULL,
    PRIMARY KEY (started_at, id)
) PARTITION BY RANGE (started_at);
CREATE INDEX check_run_by_service ON check_run (service_id, started_at DESC, id DESC);

-- Confirmed status over time: the truth behind uptime and incidents. One open interval per service.
CREATE TABLE status_interval (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service_id text NOT NULL,
    service_name text NOT NULL,
    status text NOT NULL,
    from_at timestamptz NOT NULL,
    to_at timestamptz,
    confirmed_at timestamptz NOT NULL,
    reason text NOT NULL,
    affected text [] NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX status_interval_open ON status_interval (service_id) WHERE to_at IS NULL;
CREATE INDEX status_interval_by_service ON status_interval (service_id, from_at);
CREATE INDEX status_interval_incidents ON status_interval (from_at DESC, id DESC) WHERE status IN ('degraded', 'down');

-- One row per service and UTC day, from the intervals: what the board reads.
CREATE TABLE uptime_day (
    service_id text NOT NULL REFERENCES service (id) ON DELETE CASCADE,
    day date NOT NULL,
    totals jsonb NOT NULL,
    PRIMARY KEY (service_id, day)
);

CREATE TABLE maintenance (
    id text PRIMARY KEY,
    spec jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- The declarative file as the last replica read it.
CREATE TABLE config_state (
    path text PRIMARY KEY,
    loaded_at timestamptz,
    errors text [] NOT NULL DEFAULT '{}'
);
