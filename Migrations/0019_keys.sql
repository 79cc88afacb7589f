-- Rows whose key was another row's too once both had the one form of keys, and that were given a key of their own.
CREATE TABLE renamed_keys (
    webshop_id BIGINT NOT NULL,
    resource TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    field TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    PRIMARY KEY (webshop_id, resource, row_id, field)
);
