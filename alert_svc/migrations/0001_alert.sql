-- What is watched: a rule as written, and every version it had.
CREATE TABLE rule (
    id text PRIMARY KEY,
    spec jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    source text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE rule_version (
    rule_id text NOT NULL,
    version bigint NOT NULL,
    change text NOT NULL,
    spec jsonb NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rule_id, version)
);

-- Who is told: channels with their secrets encrypted, policies of escalation, and when nobody is told.
CREATE TABLE channel (
    id text PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    config jsonb NOT NULL,
    secrets jsonb NOT NULL DEFAULT '{}',
    target text NOT NULL DEFAULT '',
    fallback text,
    version bigint NOT NULL DEFAULT 1,
    source text NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN channel.config IS 'What may be shown';
COMMENT ON COLUMN channel.secrets IS 'By field: ciphertext, key id, when it was set and a hint; never plain';
COMMENT ON COLUMN channel.target IS 'Where it goes, masked, in one line';

CREATE TABLE policy (
    id text PRIMARY KEY,
    spec jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    source text NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE mute_timing (
    id text PRIMARY KEY,
    spec jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    source text NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE silence (
    id text PRIMARY KEY,
    spec jsonb NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_by text
);
CREATE INDEX silence_by_end ON silence (ends_at);

-- What happened: an incident lasts from the moment a rule fires to its end. One open incident for each rule and group.
CREATE TABLE incident (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_id text NOT NULL,
    group_key text NOT NULL,
    rule jsonb NOT NULL,
    unit text NOT NULL DEFAULT '',
    labels jsonb NOT NULL,
    object text NOT NULL,
    service text,
    severity text NOT NULL,
    state text NOT NULL DEFAULT 'firing' CHECK (state IN ('firing', 'acknowledged', 'resolved')),
    value double precision,
    peak double precision,
    started_at timestamptz NOT NULL,
    fired_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    resolve_reason text,
    resolved_by text,
    hold jsonb,
    suppressed_by bigint REFERENCES incident (id),
    likely_cause text NOT NULL DEFAULT '',
    escalation jsonb,
    next_at timestamptz,
    more_due_at timestamptz,
    told_more_at timestamptz
);
CREATE UNIQUE INDEX incident_open ON incident (rule_id, group_key) WHERE resolved_at IS NULL;
CREATE INDEX incident_by_time ON incident (fired_at DESC, id DESC);
CREATE INDEX incident_by_service ON incident (service) WHERE resolved_at IS NULL;
CREATE INDEX incident_suppressed ON incident (suppressed_by) WHERE suppressed_by IS NOT NULL;
CREATE INDEX incident_of_group ON incident (rule_id, group_key, id DESC);
COMMENT ON COLUMN incident.rule IS 'The rule as it was when it fired';
COMMENT ON COLUMN incident.hold IS 'Why nobody is told; null when they are';
COMMENT ON COLUMN incident.escalation IS 'Its own copy of the policy, and how far it has come';
COMMENT ON COLUMN incident.next_at IS 'When the next step of escalation is due';
COMMENT ON COLUMN incident.more_due_at IS 'When those who joined since are to be told of';

CREATE TABLE incident_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id bigint NOT NULL REFERENCES incident (id),
    at timestamptz NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    actor text,
    value double precision,
    step integer
);
CREATE INDEX incident_event_by_incident ON incident_event (incident_id, id DESC);

-- Each series of a rule that ever left the state inactive: the memory of its state machine. `seq` grows with each
-- change, and a change is made only on top of the one before: of two replicas, one makes it.
CREATE TABLE alert (
    rule_id text NOT NULL,
    series text NOT NULL,
    labels jsonb NOT NULL,
    memory jsonb NOT NULL,
    seq bigint NOT NULL,
    incident_id bigint REFERENCES incident (id),
    PRIMARY KEY (rule_id, series)
);
CREATE INDEX alert_by_incident ON alert (incident_id) WHERE incident_id IS NOT NULL;

-- Every change of state, kept 30 days: partitions by day, dropped whole.
CREATE TABLE transition (
    at timestamptz NOT NULL,
    rule_id text NOT NULL,
    series text NOT NULL,
    seq bigint NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    value double precision,
    reason text NOT NULL,
    incident_id bigint,
    PRIMARY KEY (at, rule_id, series, seq, to_state)
) PARTITION BY RANGE (at);
CREATE INDEX transition_by_rule ON transition (rule_id, at DESC);

-- Messages to be sent, written in the transaction that makes them due. `key` is unique for each incident, transition,
-- channel and step, so that nothing is queued twice.
CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    incident_id bigint REFERENCES incident (id),
    event_id bigint REFERENCES incident_event (id),
    channel_id text NOT NULL,
    channel_name text NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    step integer NOT NULL DEFAULT 0,
    loop integer NOT NULL DEFAULT 0,
    message jsonb NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    steps jsonb NOT NULL DEFAULT '[]',
    attempts integer NOT NULL DEFAULT 0,
    claimed_by text,
    claim_until timestamptz,
    next_at timestamptz,
    provider_id text,
    error jsonb,
    possible_duplicate boolean NOT NULL DEFAULT false,
    fallback_of uuid REFERENCES delivery (id),
    queued_at timestamptz NOT NULL DEFAULT now(),
    give_up_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    done jsonb NOT NULL DEFAULT '[]',
    finished_at timestamptz
);
COMMENT ON COLUMN delivery.attempts IS 'Also the token of a claim: only who made the last attempt records how it went';
COMMENT ON COLUMN delivery.done IS 'The parts that the provider has accepted, where a message takes several';
CREATE INDEX delivery_by_incident ON delivery (incident_id, channel_id);
CREATE INDEX delivery_by_event ON delivery (event_id);
CREATE INDEX delivery_by_channel ON delivery (channel_id, queued_at DESC);
CREATE INDEX delivery_sent ON delivery (next_at) WHERE state = 'sent';
CREATE INDEX delivery_open ON delivery (queued_at) WHERE finished_at IS NULL;

-- What was measured: each series once, and one row a minute with the values of all: little-endian columns of i32 series
-- ids, f32 last values of the minute, f32 values of the minute farthest from those, and u16 milliseconds from the start
-- of the minute to its last value. Kept 48 hours.
CREATE TABLE series (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    metric text NOT NULL,
    key text NOT NULL,
    labels jsonb NOT NULL,
    interval_seconds double precision NOT NULL,
    unit text NOT NULL DEFAULT '',
    last_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (metric, key)
);

CREATE TABLE minute (
    at timestamptz PRIMARY KEY,
    ids bytea NOT NULL,
    last bytea NOT NULL,
    extreme bytea NOT NULL,
    at_ms bytea NOT NULL
) PARTITION BY RANGE (at);

-- How far each stream was read when a minute was stored: what came after is read again after a crash.
CREATE TABLE position (
    stream text PRIMARY KEY,
    epoch text NOT NULL,
    seq bigint NOT NULL
);

-- What one replica does for all: the last slot of time that was taken.
CREATE TABLE turn (
    work text PRIMARY KEY,
    slot bigint NOT NULL
);
