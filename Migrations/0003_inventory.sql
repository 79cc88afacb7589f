-- How many there are, and why.

-- stock_id is the id of what is counted: the variant's where there are variants, else the product's. They share a sequence.
CREATE TABLE stock_levels (
    webshop_id BIGINT NOT NULL,
    stock_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    attribute_id BIGINT,
    attribute_value_id BIGINT,
    count BIGINT NOT NULL,
    attribute_id_2 BIGINT,
    attribute_value_id_2 BIGINT,
    allows_negative SMALLINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, product_id, stock_id),
    CHECK (count >= 0 OR allows_negative = 1)
); -- clustered
CREATE INDEX stock_levels_last_modified_idx ON stock_levels (webshop_id, last_modified);

CREATE TABLE stock_entries (
    webshop_id BIGINT NOT NULL,
    stock_entry_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    variant_id BIGINT,
    kind TEXT NOT NULL,
    change BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    reason TEXT NOT NULL,
    order_id BIGINT,
    order_product_id BIGINT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, stock_entry_id)
); -- clustered
CREATE INDEX stock_entries_product_id_idx ON stock_entries (webshop_id, product_id, stock_entry_id);
CREATE INDEX stock_entries_order_id_idx ON stock_entries (webshop_id, order_id);
-- One movement per cause and line, however often it is asked for.
CREATE UNIQUE INDEX stock_entries_order_product_id_key ON stock_entries (webshop_id, order_product_id, kind);
CREATE SEQUENCE stock_entries_seq;
