-- What was done to shop, users, tokens and the like, in the transaction that did it: rows that are never changed and never removed.
-- `place` and `hash` are given once, after the commit, and chain the rows of a shop; those of shop 0 are the platform's.
CREATE TABLE audit (
    webshop_id BIGINT NOT NULL,
    audit_id BIGINT NOT NULL,
    actor TEXT,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    before TEXT,
    after TEXT,
    request_id TEXT NOT NULL,
    place BIGINT,
    hash TEXT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, audit_id)
);
CREATE UNIQUE INDEX audit_place_key ON audit (webshop_id, place) WHERE place IS NOT NULL;
CREATE INDEX audit_unchained_idx ON audit (audit_id) WHERE hash IS NULL;
CREATE INDEX audit_resource_idx ON audit (webshop_id, resource, resource_id, audit_id);
CREATE INDEX audit_action_idx ON audit (webshop_id, action, audit_id);
CREATE INDEX audit_actor_idx ON audit (webshop_id, actor, audit_id);
CREATE INDEX audit_created_idx ON audit (webshop_id, created, audit_id);
CREATE INDEX audit_last_modified_idx ON audit (webshop_id, last_modified);
CREATE SEQUENCE audit_seq;

-- Where the chain of each shop ends, so that a tail that was cut off is missed.
CREATE TABLE audit_heads (
    webshop_id BIGINT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    hash TEXT NOT NULL
); -- clustered

-- A restore of an older backup leaves it behind.
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION USING MESSAGE = ''audit rows are never changed or removed''; END';
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit FOR EACH ROW
    WHEN (OLD.hash IS NOT NULL OR
        (OLD.webshop_id, OLD.audit_id, OLD.actor, OLD.action, OLD.resource, OLD.resource_id, OLD.before,
        OLD.after, OLD.request_id, OLD.version, OLD.created, OLD.last_modified, OLD.removed_on) IS DISTINCT FROM
        (NEW.webshop_id, NEW.audit_id, NEW.actor, NEW.action, NEW.resource, NEW.resource_id, NEW.before,
        NEW.after, NEW.request_id, NEW.version, NEW.created, NEW.last_modified, NEW.removed_on))
    EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_kept BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads FOR EACH ROW
    WHEN (NEW.webshop_id <> OLD.webshop_id OR NEW.place <= OLD.place) EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_heads_kept BEFORE DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_heads_whole BEFORE TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
