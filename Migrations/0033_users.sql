-- Users log in, some with a second factor, and have a role in each of their shops (CONTRACT 8, "Access"). Those of before had all rights.
ALTER TABLE users ADD COLUMN is_platform SMALLINT NOT NULL DEFAULT 0;
-- Sealed; null where there is no second factor.
ALTER TABLE users ADD COLUMN totp_secret TEXT;
-- The last time step whose code was taken: none is taken twice (RFC 6238, 5.2).
ALTER TABLE users ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webshop_users ADD COLUMN role TEXT NOT NULL DEFAULT 'owner';
CREATE INDEX webshop_users_user_idx ON webshop_users (user_id, webshop_id);

-- What recovers an account whose second factor is lost; each works once.
CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
); -- clustered

-- Kept for 30 days after their end, to tell a log-in from a new place.
CREATE TABLE sessions (
    session_hash TEXT NOT NULL PRIMARY KEY,
    session_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    -- 0 while the second factor is due.
    is_whole SMALLINT NOT NULL,
    created BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    -- When the password was asked for last.
    confirmed BIGINT NOT NULL,
    ended BIGINT,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
); -- clustered
CREATE INDEX sessions_user_idx ON sessions (user_id, session_id);
CREATE INDEX sessions_last_used_idx ON sessions (last_used);
CREATE SEQUENCE sessions_seq;

-- Invitations and resets of passwords: whoever has the text of one, from a mail, may do what it is for, once.
CREATE TABLE login_links (
    link_hash TEXT NOT NULL PRIMARY KEY,
    link_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    email TEXT NOT NULL,
    webshop_id BIGINT,
    role TEXT,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
); -- clustered
CREATE INDEX login_links_shop_idx ON login_links (webshop_id, email);
CREATE INDEX login_links_email_idx ON login_links (email);
CREATE INDEX login_links_expires_idx ON login_links (expires);
CREATE SEQUENCE login_links_seq;

-- Who asked for a new password. A job looks whether there is such a user, so that the answer takes no longer where there is.
CREATE TABLE reset_wishes (
    wish_id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL
);
CREATE SEQUENCE reset_wishes_seq;

-- Log-ins that failed, by account and by address.
CREATE TABLE login_failures (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL,
    waits_until BIGINT NOT NULL
); -- clustered
CREATE INDEX login_failures_since_idx ON login_failures (since);

-- Forms that may be sent once, such as a consent: shown to a session, gone when sent.
CREATE TABLE once_forms (
    form_hash TEXT NOT NULL PRIMARY KEY,
    session_id BIGINT NOT NULL,
    created BIGINT NOT NULL
); -- clustered
CREATE INDEX once_forms_created_idx ON once_forms (created);
