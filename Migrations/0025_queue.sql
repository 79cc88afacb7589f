-- What waits to be done, of every kind: a row for each piece of work. `due` is when it may be taken; of a row that a worker holds,
-- when its lease ends; null where it was given up. Shop 0 is the server itself.
CREATE TABLE queue (
    webshop_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject BIGINT NOT NULL,
    lane TEXT NOT NULL,
    due BIGINT,
    attempts BIGINT NOT NULL,
    worker TEXT,
    error TEXT,
    PRIMARY KEY (webshop_id, kind, subject)
); -- clustered
-- Which shops have something due, what is next in a lane, and what is under way.
CREATE INDEX queue_shop_idx ON queue (kind, webshop_id, due);
CREATE INDEX queue_lane_idx ON queue (kind, webshop_id, lane, due, subject);
CREATE INDEX queue_held_idx ON queue (kind, webshop_id) WHERE worker IS NOT NULL;

INSERT INTO queue (webshop_id, kind, subject, lane, due, attempts)
SELECT webshop_id, 'fetch images', image_id, host, next_attempt, attempts FROM image_fetches;
DROP TABLE image_fetches;

INSERT INTO queue (webshop_id, kind, subject, lane, due, attempts)
SELECT webshop_id, 'import', import_id, '', created, attempts FROM import_jobs WHERE status IN ('queued', 'running');
ALTER TABLE import_jobs ADD COLUMN is_set_aside SMALLINT NOT NULL DEFAULT 0;
UPDATE import_jobs SET is_set_aside = 1 WHERE status = 'failed' AND attempts > 2;
ALTER TABLE import_jobs DROP COLUMN worker;
ALTER TABLE import_jobs DROP COLUMN leased_until;
ALTER TABLE import_jobs DROP COLUMN attempts;

INSERT INTO queue (webshop_id, kind, subject, lane, due, attempts)
SELECT DISTINCT webshop_id, 'index products', 0, '', 0, 0 FROM search_stale;
