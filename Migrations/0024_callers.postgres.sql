-- Idempotency keys hang on whoever called, which need not be a token.
ALTER TABLE idempotency_keys RENAME COLUMN token_id TO caller;
ALTER TABLE idempotency_keys ALTER COLUMN caller TYPE TEXT USING 'token:' || caller;
