-- Images are fetched in turns by shop and host. What waited before has no host and takes its turns together.
ALTER TABLE image_fetches ADD COLUMN host TEXT NOT NULL DEFAULT '';
CREATE INDEX image_fetches_turn_idx ON image_fetches (webshop_id, next_attempt, host);

-- The feed by resource, by type or by both, in its order.
DROP INDEX events_type_idx;
CREATE INDEX events_kind_idx ON events (webshop_id, resource, type, position) WHERE position IS NOT NULL;
