-- Words that a shop and its apps put on orders.
CREATE TABLE order_labels (
    webshop_id BIGINT NOT NULL,
    order_label_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    color TEXT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, order_label_id)
);
CREATE UNIQUE INDEX order_labels_name_key ON order_labels (webshop_id, name) WHERE removed_on IS NULL;
CREATE INDEX order_labels_last_modified_idx ON order_labels (webshop_id, last_modified);
CREATE SEQUENCE order_labels_seq;

-- Which labels an order has.
CREATE TABLE labelled_orders (
    webshop_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    order_label_id BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, order_id, order_label_id)
); -- clustered
CREATE INDEX labelled_orders_order_label_id_idx ON labelled_orders (webshop_id, order_label_id, order_id);

-- Whether it has any: orders without ask for none.
ALTER TABLE orders ADD COLUMN parts BIGINT NOT NULL DEFAULT 0;
