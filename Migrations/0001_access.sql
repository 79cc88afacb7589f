-- Who may do what, and what happened. Shop-owned tables lead their keys with webshop_id, so that they can be distributed by it.

CREATE TABLE users (
    user_id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON users (email);
CREATE SEQUENCE users_seq;

CREATE TABLE webshops (
    webshop_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    domains TEXT NOT NULL,
    currency TEXT NOT NULL,
    vat_rate BIGINT NOT NULL CHECK (vat_rate >= 0),
    prices_include_vat SMALLINT NOT NULL,
    time_zone TEXT NOT NULL,
    country_id BIGINT NOT NULL,
    origins TEXT NOT NULL,
    settings TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT
);
CREATE SEQUENCE webshops_seq;

-- Which shop a host name belongs to; shared by all shops, because the shop is what it tells.
CREATE TABLE webshop_domains (
    domain TEXT NOT NULL PRIMARY KEY,
    webshop_id BIGINT NOT NULL
); -- clustered

CREATE TABLE webshop_users (
    webshop_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, user_id)
); -- clustered

CREATE TABLE tokens (
    webshop_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    access_level TEXT NOT NULL,
    prefix TEXT NOT NULL,
    last_four TEXT NOT NULL,
    daily_limit BIGINT,
    burst BIGINT NOT NULL,
    origins TEXT NOT NULL,
    ip_list TEXT NOT NULL,
    last_used BIGINT,
    expires BIGINT,
    is_oauth SMALLINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, token_id)
);
CREATE SEQUENCE tokens_seq;

-- The way from a token's hash to its shop; shared by all shops, because the shop is what it tells.
CREATE TABLE token_hashes (
    token_hash TEXT NOT NULL PRIMARY KEY,
    webshop_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL
); -- clustered

CREATE TABLE token_usage (
    webshop_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, token_id, day)
); -- clustered

CREATE TABLE idempotency_keys (
    webshop_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    version BIGINT,
    body TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, token_id, idempotency_key)
);
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (webshop_id, created);

-- The change feed. An event without a position was committed, but not yet placed in the order of commits.
CREATE TABLE events (
    webshop_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    position BIGINT,
    type TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    data TEXT,
    data_event_id BIGINT,
    request_id TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, event_id)
);
CREATE UNIQUE INDEX events_position_key ON events (webshop_id, position) WHERE position IS NOT NULL;
CREATE INDEX events_type_idx ON events (webshop_id, type, position) WHERE position IS NOT NULL;
CREATE INDEX events_unplaced_idx ON events (event_id) WHERE position IS NULL;
CREATE SEQUENCE events_seq;
CREATE SEQUENCE event_positions_seq;
