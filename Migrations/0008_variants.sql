-- Versions of a product that are sold, counted and numbered by themselves, and who has which number.

CREATE TABLE product_variants (
    webshop_id BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    attribute_value_id BIGINT NOT NULL,
    attribute_id_2 BIGINT NOT NULL,
    attribute_value_id_2 BIGINT NOT NULL,
    own_id TEXT,
    sec_own_id TEXT,
    gtin TEXT,
    mpn TEXT,
    price BIGINT CHECK (price >= 0),
    sale_price BIGINT CHECK (sale_price >= 0),
    purchase_price BIGINT,
    weight BIGINT,
    location TEXT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, variant_id)
); -- clustered
CREATE UNIQUE INDEX product_variants_attribute_value_id_key ON product_variants (webshop_id, product_id, attribute_value_id, attribute_value_id_2) WHERE removed_on IS NULL;
CREATE INDEX product_variants_value_idx ON product_variants (webshop_id, attribute_value_id, product_id);
CREATE INDEX product_variants_value_2_idx ON product_variants (webshop_id, attribute_value_id_2, product_id);

-- A number of the shop's own names one live product or one live variant, never two. variant_id 0 is the product itself.
CREATE TABLE skus (
    webshop_id BIGINT NOT NULL,
    own_id TEXT NOT NULL,
    product_id BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, own_id)
); -- clustered
