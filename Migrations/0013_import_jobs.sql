-- Files that clients sent to be imported, and how far that is.

CREATE TABLE import_jobs (
    webshop_id BIGINT NOT NULL,
    import_id BIGINT NOT NULL,
    format TEXT NOT NULL,
    status TEXT NOT NULL,
    is_dry_run SMALLINT NOT NULL,
    is_strict SMALLINT NOT NULL,
    bytes BIGINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT,
    created_count BIGINT NOT NULL,
    updated_count BIGINT NOT NULL,
    unchanged_count BIGINT NOT NULL,
    failed_count BIGINT NOT NULL,
    error TEXT,
    started BIGINT,
    ended BIGINT,
    worker TEXT,
    leased_until BIGINT,
    attempts BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, import_id)
);
CREATE INDEX import_jobs_status_idx ON import_jobs (webshop_id, status, import_id);
CREATE INDEX import_jobs_last_modified_idx ON import_jobs (webshop_id, last_modified);
CREATE SEQUENCE import_jobs_seq;

-- The file, until the job has ended. In the database, so that any server can do the job and a backup has it.
CREATE TABLE import_files (
    webshop_id BIGINT NOT NULL,
    import_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (webshop_id, import_id, place)
);

-- Records that were refused.
CREATE TABLE import_faults (
    webshop_id BIGINT NOT NULL,
    import_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    record BIGINT NOT NULL,
    line BIGINT NOT NULL,
    cell TEXT NOT NULL,
    own_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (webshop_id, import_id, place)
); -- clustered
