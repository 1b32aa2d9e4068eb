-- Every chain that was ever saved; a row is never changed.
CREATE TABLE revision (
    revision bigint PRIMARY KEY,
    kind text NOT NULL,
    steps jsonb NOT NULL,
    changes jsonb NOT NULL,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL,
    comment text NOT NULL
);

-- What gateways were told to run, one row. While confirm_until is set, returns_to comes back when it has passed.
CREATE TABLE applied (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint NOT NULL,
    revision bigint NOT NULL REFERENCES revision (revision),
    applied_by text NOT NULL,
    applied_at timestamptz NOT NULL,
    returns_to bigint REFERENCES revision (revision),
    confirm_until timestamptz
);
