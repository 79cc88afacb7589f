-- What the live rows of a resource come to, so that who keeps a copy can tell whether it is one: how many there are, and the sum
-- of what each is hashed to, modulo 2^64, in two halves of 32 bits. `is_whole` once the rows from before are in it.
CREATE TABLE feed_proofs (
    webshop_id BIGINT NOT NULL,
    resource TEXT NOT NULL,
    count BIGINT NOT NULL,
    high BIGINT NOT NULL,
    low BIGINT NOT NULL,
    is_whole SMALLINT NOT NULL,
    PRIMARY KEY (webshop_id, resource)
); -- clustered

-- What an event changes of that, where it is added when the event gets its place.
ALTER TABLE events ADD COLUMN proof_count BIGINT;
ALTER TABLE events ADD COLUMN proof_sum BIGINT;
