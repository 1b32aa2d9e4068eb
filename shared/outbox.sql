-- What must reach the bus, written in the transaction that made it true. Rows leave when JetStream has them.
CREATE TABLE outbox (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL UNIQUE,
    action     text NOT NULL CHECK (action IN ('store', 'purge')),
    subject    text NOT NULL,
    headers    jsonb NOT NULL DEFAULT '{}',
    body       bytea NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    rejected   text
);
COMMENT ON COLUMN outbox.rejected IS 'Why JetStream will never take this message; such rows stay for a person to see';
