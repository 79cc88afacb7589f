-- Idempotency keys hang on whoever called, which need not be a token.
ALTER TABLE idempotency_keys RENAME TO token_keys;
DROP INDEX idempotency_keys_created_idx;
CREATE TABLE idempotency_keys (
    webshop_id BIGINT NOT NULL,
    caller TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    version BIGINT,
    body TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, caller, idempotency_key)
);
INSERT INTO idempotency_keys
    SELECT webshop_id, 'token:' || token_id, idempotency_key, request_hash, status, content_type, version, body, created
    FROM token_keys;
DROP TABLE token_keys;
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (webshop_id, created);
