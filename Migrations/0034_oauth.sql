-- OAuth (CONTRACT 7 and 8, "Access"). Clients belong to the server. Codes and refresh tokens are found by their hashes before it
-- is known whose they are, as tokens are. No secret is kept, only what it hashes to.
CREATE TABLE oauth_clients (
    client_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    max_level TEXT NOT NULL,
    secret_hash TEXT,
    created BIGINT NOT NULL,
    removed_on BIGINT
); -- clustered

-- What was given for a code stands in token_id: who brings the code again ends that.
CREATE TABLE oauth_codes (
    code_hash TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge TEXT NOT NULL,
    webshop_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    access_level TEXT NOT NULL,
    expires BIGINT NOT NULL,
    token_id BIGINT
); -- clustered

-- Who let whom in: the token that a client has for it keeps its row while its texts change.
CREATE TABLE oauth_grants (
    webshop_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    issued BIGINT NOT NULL,
    told BIGINT,
    PRIMARY KEY (webshop_id, token_id)
); -- clustered

CREATE TABLE oauth_refresh_tokens (
    refresh_hash TEXT NOT NULL PRIMARY KEY,
    webshop_id BIGINT NOT NULL,
    token_id BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT
); -- clustered

-- A token that came in an address dies unless it is used by then; its first use sets this to null.
ALTER TABLE tokens ADD COLUMN use_by BIGINT;
CREATE INDEX tokens_use_by_idx ON tokens (webshop_id, use_by) WHERE use_by IS NOT NULL;
