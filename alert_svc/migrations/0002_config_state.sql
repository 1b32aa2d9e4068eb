-- How reading the declarative file went: when it was last applied, and what is wrong with it now.
CREATE TABLE config_state (
    path text PRIMARY KEY,
    loaded_at timestamptz,
    errors text[] NOT NULL DEFAULT '{}'
);
