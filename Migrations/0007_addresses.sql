-- Where addresses lead that are no longer used.

CREATE TABLE redirects (
    webshop_id BIGINT NOT NULL,
    redirect_id BIGINT NOT NULL,
    from_path TEXT NOT NULL,
    to_path TEXT NOT NULL,
    code BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, redirect_id)
);
CREATE UNIQUE INDEX redirects_from_path_key ON redirects (webshop_id, from_path) WHERE removed_on IS NULL;
CREATE INDEX redirects_to_path_idx ON redirects (webshop_id, to_path);
CREATE INDEX redirects_last_modified_idx ON redirects (webshop_id, last_modified);
CREATE SEQUENCE redirects_seq;

-- What lives at each public address of a shop, whatever its kind. What is deleted keeps its own.
CREATE TABLE addresses (
    webshop_id BIGINT NOT NULL,
    path TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, path)
); -- clustered
