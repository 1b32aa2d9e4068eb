-- Hours and UTC days whose rows have changed since they were rolled up.
CREATE TABLE to_roll_up (
    step text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (step, at)
);

-- What one replica does for all: the last slot of time that was taken.
CREATE TABLE turn (
    work text PRIMARY KEY,
    slot bigint NOT NULL
);
