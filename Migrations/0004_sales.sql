-- Who buys, how it is sent and paid, and what was ordered.

CREATE TABLE customers (
    webshop_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    company_name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    address TEXT NOT NULL,
    zipcode TEXT NOT NULL,
    city TEXT NOT NULL,
    country_id BIGINT NOT NULL,
    vat_number TEXT NOT NULL,
    ean_number TEXT NOT NULL,
    newsletter SMALLINT NOT NULL,
    note TEXT NOT NULL,
    customer_group TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, customer_id)
);
CREATE INDEX customers_email_idx ON customers (webshop_id, email);
CREATE INDEX customers_name_idx ON customers (webshop_id, name);
CREATE INDEX customers_last_modified_idx ON customers (webshop_id, last_modified);
CREATE SEQUENCE customers_seq;

CREATE TABLE shippings (
    webshop_id BIGINT NOT NULL,
    shipping_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    module TEXT NOT NULL,
    price BIGINT NOT NULL CHECK (price >= 0),
    free_above BIGINT,
    countries TEXT NOT NULL,
    prices TEXT NOT NULL,
    is_active SMALLINT NOT NULL,
    weight BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, shipping_id)
);
CREATE SEQUENCE shippings_seq;

CREATE TABLE payment_gateways (
    webshop_id BIGINT NOT NULL,
    payment_gateway_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    is_active SMALLINT NOT NULL,
    description TEXT NOT NULL,
    weight BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, payment_gateway_id)
);
CREATE SEQUENCE payment_gateways_seq;

CREATE TABLE orders (
    webshop_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    webshop_order_id BIGINT NOT NULL,
    invoice_id BIGINT,
    customer_id BIGINT,
    status TEXT NOT NULL,
    paid SMALLINT NOT NULL,
    paid_time BIGINT,
    payment_gateway_id BIGINT,
    currency TEXT NOT NULL,
    prices_include_vat SMALLINT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    order_name TEXT NOT NULL,
    order_company_name TEXT NOT NULL,
    order_address TEXT NOT NULL,
    order_zipcode TEXT NOT NULL,
    order_city TEXT NOT NULL,
    order_country_id BIGINT NOT NULL,
    del_name TEXT NOT NULL,
    del_company_name TEXT NOT NULL,
    del_address TEXT NOT NULL,
    del_zipcode TEXT NOT NULL,
    del_city TEXT NOT NULL,
    del_country_id BIGINT NOT NULL,
    vat_number TEXT NOT NULL,
    ean_number TEXT NOT NULL,
    comments TEXT NOT NULL,
    extras TEXT NOT NULL,
    pickup_address TEXT NOT NULL,
    shipping_id BIGINT,
    shipping_price BIGINT NOT NULL,
    shipping_vat BIGINT NOT NULL,
    shipping_vat_rate BIGINT NOT NULL,
    tracking_number TEXT NOT NULL,
    tracking_url TEXT NOT NULL,
    price BIGINT NOT NULL,
    vat BIGINT NOT NULL,
    total_price BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, order_id)
);
CREATE UNIQUE INDEX orders_webshop_order_id_key ON orders (webshop_id, webshop_order_id);
CREATE UNIQUE INDEX orders_invoice_id_key ON orders (webshop_id, invoice_id);
CREATE INDEX orders_customer_id_idx ON orders (webshop_id, customer_id, order_id);
CREATE INDEX orders_status_idx ON orders (webshop_id, status, order_id);
CREATE INDEX orders_email_idx ON orders (webshop_id, email);
CREATE INDEX orders_last_modified_idx ON orders (webshop_id, last_modified, order_id);
CREATE SEQUENCE orders_seq;

CREATE TABLE order_lines (
    webshop_id BIGINT NOT NULL,
    order_product_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    variant_id BIGINT,
    own_id TEXT NOT NULL,
    name TEXT NOT NULL,
    variant_name TEXT,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    unit_price BIGINT NOT NULL,
    price_override SMALLINT NOT NULL,
    vat_rate BIGINT NOT NULL,
    vat BIGINT NOT NULL,
    total BIGINT NOT NULL,
    purchase_price BIGINT,
    attributes TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, order_product_id),
    FOREIGN KEY (webshop_id, order_id) REFERENCES orders (webshop_id, order_id)
); -- clustered
CREATE INDEX order_lines_order_id_idx ON order_lines (webshop_id, order_id, order_product_id);
CREATE INDEX order_lines_product_id_idx ON order_lines (webshop_id, product_id);
CREATE SEQUENCE order_lines_seq;

-- Numbers that may have no gaps: taken under a lock, given back by a rollback.
CREATE TABLE counters (
    webshop_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, name)
); -- clustered
