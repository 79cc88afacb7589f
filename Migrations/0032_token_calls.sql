-- Every call of a token (CONTRACT 7), kept 90 days, and how many there were by day and route.
CREATE TABLE token_calls (
    webshop_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL,
    created BIGINT NOT NULL,
    call_id BIGINT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    path TEXT NOT NULL,
    status BIGINT NOT NULL,
    is_error SMALLINT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    microseconds BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (webshop_id, token_id, created, call_id)
); -- clustered
CREATE SEQUENCE token_calls_seq;
-- What went wrong is rare, and looked for. A flag, since SQLite does not see that a status of 404 is one from 400 on.
CREATE INDEX token_calls_status_idx ON token_calls (webshop_id, token_id, status, created, call_id)
    WHERE is_error = 1;

CREATE TABLE token_routes (
    webshop_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, token_id, day, method, route)
); -- clustered

ALTER TABLE token_usage ADD COLUMN errors BIGINT NOT NULL DEFAULT 0;

-- A token that was rotated is known by its old text for a while.
ALTER TABLE token_hashes ADD COLUMN expires BIGINT;
