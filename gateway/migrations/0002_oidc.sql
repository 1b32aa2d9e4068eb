-- People whom an OpenID Connect provider knows: who they are is the pair of issuer and subject, never the name.
-- Users are few: the table is closed for a moment only.
-- squawk-ignore ban-drop-not-null
ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL;
ALTER TABLE users ADD COLUMN issuer text, ADD COLUMN subject text;

-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX users_by_subject ON users (issuer, subject);

-- Sign-ins that have begun and wait for the browser to come back. A row is used once.
CREATE TABLE oidc_sign_ins (
    state_hash   bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    nonce        text NOT NULL,
    verifier     text NOT NULL,
    next         text NOT NULL,
    network      text NOT NULL,
    ends_at      timestamptz NOT NULL
);

CREATE INDEX oidc_sign_ins_by_network ON oidc_sign_ins (network);
