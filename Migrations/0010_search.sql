-- What products are filtered, counted and sorted by, and the words that are known; the full-text index itself is 0014.

-- What one product is filtered, counted and sorted by. `revision` tells what was written since somebody looked.
CREATE TABLE search_documents (
    webshop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    terms_hash BIGINT NOT NULL,
    is_removed SMALLINT NOT NULL,
    is_online SMALLINT NOT NULL,
    no_internal_search SMALLINT NOT NULL,
    in_stock SMALLINT NOT NULL,
    price BIGINT NOT NULL,
    sale_price BIGINT,
    sale_from BIGINT,
    sale_to BIGINT,
    weight BIGINT NOT NULL,
    created BIGINT NOT NULL,
    name TEXT NOT NULL,
    facets TEXT NOT NULL,
    PRIMARY KEY (webshop_id, product_id)
); -- clustered
CREATE INDEX search_documents_revision_idx ON search_documents (webshop_id, revision);
CREATE SEQUENCE search_documents_seq;

-- Words of headings, against which typing errors are measured, as they are compared and as people write them, and the three
-- letters in a row they are looked up by.
CREATE TABLE search_words (
    webshop_id BIGINT NOT NULL,
    word TEXT NOT NULL,
    written TEXT NOT NULL,
    PRIMARY KEY (webshop_id, word)
); -- clustered
CREATE TABLE search_trigrams (
    webshop_id BIGINT NOT NULL,
    trigram TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (webshop_id, trigram, word)
); -- clustered

-- Products whose terms are no longer what they should be, because a name they are found by has changed.
CREATE TABLE search_stale (
    webshop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, product_id)
); -- clustered

-- By which rules a shop's products were made searchable. A shop that is missing here is gone through once.
CREATE TABLE search_indexes (
    webshop_id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
); -- clustered
