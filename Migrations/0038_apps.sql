-- Apps (seed 002, CONTRACT 7 and 8, "Integrations"). An app belongs to the shop of who makes it; others see it once it is
-- approved. `approved` is what it was approved as, by which it runs with others until its changes are approved too. Token and
-- secret are sealed: callbacks repeat them.
CREATE TABLE apps (
    webshop_id BIGINT NOT NULL,
    app_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    access_level TEXT NOT NULL,
    monthly_price BIGINT NOT NULL,
    currency TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    allowed_shops TEXT NOT NULL,
    webhooks TEXT NOT NULL,
    events TEXT NOT NULL,
    fields TEXT NOT NULL,
    code TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    token TEXT NOT NULL,
    secret TEXT NOT NULL,
    approved TEXT,
    approved_on BIGINT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, app_id)
);
CREATE INDEX apps_name_idx ON apps (webshop_id, name, app_id);
CREATE INDEX apps_last_modified_idx ON apps (webshop_id, last_modified);
-- An app is found by its id in whichever shop it is.
CREATE UNIQUE INDEX apps_app_idx ON apps (app_id);
CREATE INDEX apps_status_idx ON apps (status, app_id) WHERE removed_on IS NULL;
CREATE SEQUENCE apps_seq;

-- Whose an app's own token is, found before it is known which shop that is of.
CREATE TABLE app_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    webshop_id BIGINT NOT NULL,
    app_id BIGINT NOT NULL
); -- clustered

-- That a shop has an app, with the values of its fields and the token it was given, sealed as well.
CREATE TABLE app_installs (
    webshop_id BIGINT NOT NULL,
    app_install_id BIGINT NOT NULL,
    app_id BIGINT NOT NULL,
    installed BIGINT NOT NULL,
    fields TEXT NOT NULL,
    token_id BIGINT NOT NULL,
    monthly_price BIGINT NOT NULL,
    app_token TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, app_install_id)
);
CREATE UNIQUE INDEX app_installs_once_idx ON app_installs (webshop_id, app_id) WHERE removed_on IS NULL;
CREATE INDEX app_installs_last_modified_idx ON app_installs (webshop_id, last_modified);
-- The shops that have an app.
CREATE INDEX app_installs_app_idx ON app_installs (app_id, webshop_id);
CREATE SEQUENCE app_installs_seq;
