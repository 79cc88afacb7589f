-- How products stand together: bundles, recommendations, places in categories, landing pages; who delivers and answers for them.

-- What a bundle is made of: the index of products.bundle_data.
CREATE TABLE bundle_members (
    webshop_id BIGINT NOT NULL,
    bundle_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    count BIGINT NOT NULL CHECK (count > 0),
    place BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, bundle_id, product_id)
); -- clustered
CREATE INDEX bundle_members_product_id_idx ON bundle_members (webshop_id, product_id, bundle_id);

-- Which products name another one in `related` or `similar`.
CREATE TABLE product_mentions (
    webshop_id BIGINT NOT NULL,
    mentioned_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, mentioned_id, product_id)
); -- clustered

-- What a line held when it was ordered, and how many pieces of stock one of it takes.
ALTER TABLE order_lines ADD COLUMN bundle TEXT NOT NULL DEFAULT '[]';
ALTER TABLE order_lines ADD COLUMN pieces BIGINT NOT NULL DEFAULT 1;

-- A line may take several products, each once for every cause.
DROP INDEX stock_entries_order_product_id_key;
CREATE UNIQUE INDEX stock_entries_order_product_id_product_id_key ON stock_entries (webshop_id, order_product_id, product_id, kind);

-- The place the shop gave a product in a category; the greatest number is none.
ALTER TABLE product_categories ADD COLUMN position BIGINT NOT NULL DEFAULT 9007199254740991;
CREATE INDEX product_categories_position_idx ON product_categories (webshop_id, category_id, position, product_id);

-- The tree is read in this order.
CREATE INDEX categories_weight_idx ON categories (webshop_id, weight, name, category_id);

ALTER TABLE suppliers ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE suppliers ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE suppliers ADD COLUMN customer_number TEXT NOT NULL DEFAULT '';
ALTER TABLE suppliers ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE suppliers ADD COLUMN delivery_days BIGINT;
ALTER TABLE suppliers ADD COLUMN min_order_value BIGINT;

CREATE TABLE product_suppliers (
    webshop_id BIGINT NOT NULL,
    product_supplier_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    supplier_own_id TEXT NOT NULL,
    purchase_price BIGINT,
    currency TEXT NOT NULL,
    min_order BIGINT NOT NULL,
    delivery_days BIGINT,
    weight BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, product_supplier_id)
);
CREATE INDEX product_suppliers_product_id_idx ON product_suppliers (webshop_id, product_id, weight);
CREATE INDEX product_suppliers_supplier_id_idx ON product_suppliers (webshop_id, supplier_id, supplier_own_id);
CREATE INDEX product_suppliers_last_modified_idx ON product_suppliers (webshop_id, last_modified);
CREATE SEQUENCE product_suppliers_seq;

ALTER TABLE manufacturers ADD COLUMN responsible_name TEXT NOT NULL DEFAULT '';
ALTER TABLE manufacturers ADD COLUMN responsible_address TEXT NOT NULL DEFAULT '';
ALTER TABLE manufacturers ADD COLUMN responsible_country_id BIGINT;
ALTER TABLE manufacturers ADD COLUMN responsible_email TEXT NOT NULL DEFAULT '';

CREATE TABLE safety_profiles (
    webshop_id BIGINT NOT NULL,
    safety_profile_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    warnings TEXT NOT NULL,
    documents TEXT NOT NULL,
    manufacturer_id BIGINT,
    responsible_name TEXT NOT NULL,
    responsible_address TEXT NOT NULL,
    responsible_country_id BIGINT,
    responsible_email TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, safety_profile_id)
);
CREATE INDEX safety_profiles_last_modified_idx ON safety_profiles (webshop_id, last_modified);
CREATE SEQUENCE safety_profiles_seq;

CREATE TABLE landing_pages (
    webshop_id BIGINT NOT NULL,
    landing_page_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    tag TEXT,
    tags TEXT NOT NULL,
    rule TEXT NOT NULL,
    sort_order TEXT NOT NULL,
    is_online SMALLINT NOT NULL,
    no_index SMALLINT NOT NULL,
    description_a TEXT NOT NULL,
    description_b TEXT NOT NULL,
    meta TEXT NOT NULL,
    meta_title TEXT NOT NULL,
    meta_description TEXT NOT NULL,
    rewrite_url TEXT NOT NULL,
    weight BIGINT NOT NULL,
    extension_data TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, landing_page_id)
);
CREATE INDEX landing_pages_name_idx ON landing_pages (webshop_id, name);
CREATE INDEX landing_pages_last_modified_idx ON landing_pages (webshop_id, last_modified);
CREATE SEQUENCE landing_pages_seq;
