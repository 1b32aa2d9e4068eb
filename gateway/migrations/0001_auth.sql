CREATE TABLE users (
    name                 text PRIMARY KEY,
    role                 text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password_hash        text NOT NULL,
    disabled             boolean NOT NULL DEFAULT false,
    must_change_password boolean NOT NULL DEFAULT false,
    created_at           timestamptz NOT NULL DEFAULT now(),
    last_seen_at         timestamptz
);

-- The cookie's value is never stored, only its SHA-256. A session ends at the earlier of both ends.
CREATE TABLE sessions (
    id           text PRIMARY KEY,
    secret_hash  bytea NOT NULL UNIQUE,
    user_name    text NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    idle_end     timestamptz NOT NULL,
    absolute_end timestamptz NOT NULL,
    client_ip    text NOT NULL,
    agent        text NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_name);

CREATE TABLE tokens (
    id           text PRIMARY KEY,
    secret_hash  bytea NOT NULL UNIQUE,
    label        text NOT NULL,
    role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    last_used_at timestamptz,
    last_used_ip text
);

-- One row for a user name and one for an address that failed to sign in; the key is a hash.
CREATE TABLE sign_in_attempts (
    key           bytea PRIMARY KEY,
    failures      integer NOT NULL,
    last_at       timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL
);

CREATE TABLE audit (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text NOT NULL,
    role       text NOT NULL,
    action     text NOT NULL,
    object     text NOT NULL,
    outcome    text NOT NULL CHECK (outcome IN ('done', 'refused')),
    client_ip  text NOT NULL,
    request_id text NOT NULL,
    before     text,
    after      text
);

CREATE INDEX audit_by_actor ON audit (actor, id);

-- What all gateways must agree on, made by the first of them.
CREATE TABLE secrets (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);
