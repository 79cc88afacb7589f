-- What products have in common: profiles with typed attributes, and labels.

CREATE TABLE profiles (
    webshop_id BIGINT NOT NULL,
    profile_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    tag TEXT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, profile_id)
);
CREATE INDEX profiles_last_modified_idx ON profiles (webshop_id, last_modified);
CREATE SEQUENCE profiles_seq;

CREATE TABLE profile_attributes (
    webshop_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    profile_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    data_type TEXT NOT NULL,
    is_variant SMALLINT NOT NULL,
    weight BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, attribute_id)
);
CREATE INDEX profile_attributes_profile_id_idx ON profile_attributes (webshop_id, profile_id, weight);
CREATE INDEX profile_attributes_last_modified_idx ON profile_attributes (webshop_id, last_modified);
CREATE SEQUENCE profile_attributes_seq;

CREATE TABLE profile_attribute_values (
    webshop_id BIGINT NOT NULL,
    attribute_value_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    val TEXT NOT NULL,
    color TEXT,
    weight BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, attribute_value_id)
);
CREATE UNIQUE INDEX profile_attribute_values_attribute_id_val_key ON profile_attribute_values (webshop_id, attribute_id, val) WHERE removed_on IS NULL;
CREATE INDEX profile_attribute_values_attribute_id_idx ON profile_attribute_values (webshop_id, attribute_id, weight);
CREATE INDEX profile_attribute_values_last_modified_idx ON profile_attribute_values (webshop_id, last_modified);
CREATE SEQUENCE profile_attribute_values_seq;

-- What a product has for an attribute: a value of its list, or a value of its own in `value` (as JSON) and `plain`.
CREATE TABLE product_attributes (
    webshop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    attribute_value_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    value TEXT NOT NULL,
    plain TEXT NOT NULL,
    PRIMARY KEY (webshop_id, product_id, attribute_id, attribute_value_id)
); -- clustered
CREATE INDEX product_attributes_attribute_id_idx ON product_attributes (webshop_id, attribute_id, attribute_value_id, product_id);

CREATE TABLE product_labels (
    webshop_id BIGINT NOT NULL,
    product_label_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    color TEXT,
    weight BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, product_label_id)
);
CREATE UNIQUE INDEX product_labels_name_key ON product_labels (webshop_id, name) WHERE removed_on IS NULL;
CREATE INDEX product_labels_last_modified_idx ON product_labels (webshop_id, last_modified);
CREATE SEQUENCE product_labels_seq;

-- Which labels a product wears.
CREATE TABLE labelled_products (
    webshop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    product_label_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, product_id, product_label_id)
); -- clustered
CREATE INDEX labelled_products_product_label_id_idx ON labelled_products (webshop_id, product_label_id, product_id);
