-- Who is told of what happens in a shop. `secret` is sealed: the key of signatures with a shared secret, and that of those with a public one.
CREATE TABLE webhooks (
    webshop_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    format TEXT NOT NULL,
    signature TEXT NOT NULL,
    api_version TEXT NOT NULL,
    is_active SMALLINT NOT NULL,
    status TEXT NOT NULL,
    public_key TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_public_key TEXT,
    old_until BIGINT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, webhook_id)
);
CREATE INDEX webhooks_last_modified_idx ON webhooks (webshop_id, last_modified);
CREATE INDEX webhooks_active_idx ON webhooks (webshop_id, webhook_id) WHERE status = 'active' AND removed_on IS NULL;
CREATE SEQUENCE webhooks_seq;

-- How far each has come in the feed, behind which event it began, and how its host fares: since when nothing got through, and until when it is left in peace.
CREATE TABLE webhook_states (
    webshop_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    first_event BIGINT NOT NULL,
    failing_since BIGINT,
    resting_until BIGINT,
    is_warned SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (webshop_id, webhook_id)
); -- clustered
CREATE INDEX webhook_states_failing_idx ON webhook_states (failing_since) WHERE failing_since IS NOT NULL;

-- A part of the feed that a webhook is to be told of once more.
CREATE TABLE webhook_replays (
    webshop_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    replay_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, webhook_id, replay_id)
); -- clustered
CREATE SEQUENCE webhook_replays_seq;

-- Events that a webhook was not told of when it was their turn: those that failed and are tried again, and those of the same object
-- that stand behind one (`due` is null). `webhook_delivery_id` is the attempt that somebody asked for.
CREATE TABLE webhook_waits (
    webshop_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    resource TEXT NOT NULL,
    resource_id BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    due BIGINT,
    webhook_delivery_id BIGINT,
    PRIMARY KEY (webshop_id, webhook_id, event_id)
); -- clustered
CREATE INDEX webhook_waits_due_idx ON webhook_waits (webshop_id, webhook_id, due);
CREATE INDEX webhook_waits_object_idx ON webhook_waits (webshop_id, webhook_id, resource, resource_id, position);

CREATE TABLE webhook_deliveries (
    webshop_id BIGINT NOT NULL,
    webhook_delivery_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL,
    type TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    status TEXT NOT NULL,
    response_status BIGINT,
    response_body TEXT,
    ms BIGINT,
    error TEXT,
    next_attempt BIGINT,
    request_headers TEXT,
    request_body TEXT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, webhook_delivery_id)
);
CREATE INDEX webhook_deliveries_webhook_idx ON webhook_deliveries (webshop_id, webhook_id, webhook_delivery_id);
CREATE INDEX webhook_deliveries_event_idx ON webhook_deliveries (webshop_id, event_id);
CREATE INDEX webhook_deliveries_created_idx ON webhook_deliveries (webshop_id, created);
CREATE SEQUENCE webhook_deliveries_seq;
