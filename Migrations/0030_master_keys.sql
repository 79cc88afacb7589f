-- The master keys that values of this database are or were sealed with, by what their ids say; a key itself is never here. The
-- canary is sealed with the row's own key and proves that it is the one; the pepper, which passwords were hashed with, with the
-- current key, for it outlives its master key.
CREATE TABLE master_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    canary TEXT NOT NULL,
    pepper TEXT NOT NULL,
    is_current SMALLINT NOT NULL,
    created BIGINT NOT NULL,
    retired BIGINT
);
CREATE UNIQUE INDEX master_keys_current_idx ON master_keys (is_current) WHERE is_current = 1;
