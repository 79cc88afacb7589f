-- What a shop sells.

CREATE TABLE countries (
    country_id BIGINT NOT NULL PRIMARY KEY,
    iso TEXT NOT NULL,
    iso3 TEXT NOT NULL,
    name TEXT NOT NULL,
    vat_rate BIGINT,
    is_eu SMALLINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT
);
CREATE UNIQUE INDEX countries_iso_key ON countries (iso);

CREATE TABLE suppliers (
    webshop_id BIGINT NOT NULL,
    supplier_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    link_to TEXT,
    dropshipping_mail TEXT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, supplier_id)
);
CREATE INDEX suppliers_last_modified_idx ON suppliers (webshop_id, last_modified);
CREATE SEQUENCE suppliers_seq;

CREATE TABLE brands (
    webshop_id BIGINT NOT NULL,
    brand_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    rewrite_url TEXT NOT NULL,
    parts BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, brand_id)
);
CREATE INDEX brands_name_idx ON brands (webshop_id, name);
CREATE INDEX brands_rewrite_url_idx ON brands (webshop_id, rewrite_url);
CREATE INDEX brands_last_modified_idx ON brands (webshop_id, last_modified);
CREATE SEQUENCE brands_seq;

CREATE TABLE manufacturers (
    webshop_id BIGINT NOT NULL,
    manufacturer_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    link_to TEXT,
    address TEXT NOT NULL,
    zipcode TEXT NOT NULL,
    city TEXT NOT NULL,
    country_id BIGINT,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, manufacturer_id)
);
CREATE INDEX manufacturers_last_modified_idx ON manufacturers (webshop_id, last_modified);
CREATE SEQUENCE manufacturers_seq;

CREATE TABLE categories (
    webshop_id BIGINT NOT NULL,
    category_id BIGINT NOT NULL,
    tag TEXT,
    parent_id BIGINT NOT NULL,
    in_menu SMALLINT NOT NULL,
    is_online SMALLINT NOT NULL,
    is_front SMALLINT NOT NULL,
    is_hidden SMALLINT,
    name TEXT NOT NULL,
    no_index SMALLINT NOT NULL,
    no_internal_search SMALLINT NOT NULL,
    description_a TEXT NOT NULL,
    description_b TEXT NOT NULL,
    meta_title TEXT NOT NULL,
    meta_description TEXT NOT NULL,
    search TEXT,
    rewrite_url TEXT NOT NULL,
    empty_redir TEXT,
    canonical_id BIGINT,
    sort_order TEXT NOT NULL,
    meta TEXT NOT NULL,
    weight BIGINT NOT NULL,
    json_data TEXT,
    extension_data TEXT NOT NULL,
    parts BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, category_id)
);
CREATE INDEX categories_parent_id_idx ON categories (webshop_id, parent_id, weight);
CREATE INDEX categories_name_idx ON categories (webshop_id, name);
CREATE INDEX categories_rewrite_url_idx ON categories (webshop_id, rewrite_url);
CREATE INDEX categories_last_modified_idx ON categories (webshop_id, last_modified);
CREATE SEQUENCE categories_seq;

CREATE TABLE products (
    webshop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    own_id TEXT NOT NULL,
    sec_own_id TEXT,
    gtin TEXT,
    mpn TEXT,
    profile_id BIGINT NOT NULL,
    supplier_id BIGINT,
    manufacturer_id BIGINT,
    safety_profile_id BIGINT,
    brand_id BIGINT,
    main_category_id BIGINT,
    is_online SMALLINT NOT NULL,
    online_since BIGINT,
    no_index SMALLINT NOT NULL,
    no_shopping SMALLINT NOT NULL,
    rewrite_url TEXT NOT NULL,
    name TEXT NOT NULL,
    list_description TEXT NOT NULL,
    description TEXT NOT NULL,
    vat BIGINT,
    price BIGINT NOT NULL CHECK (price >= 0),
    sale_price BIGINT CHECK (sale_price >= 0),
    purchase_price BIGINT,
    location TEXT,
    bulk_discount_over BIGINT,
    bulk_discount BIGINT,
    discount_intervals TEXT NOT NULL,
    shipping BIGINT,
    shipping_weight BIGINT,
    never_free_shipping SMALLINT NOT NULL,
    delivery_time TEXT NOT NULL,
    delivery_time_not_in_stock TEXT NOT NULL,
    allow_negative_stock SMALLINT NOT NULL,
    tariff_code TEXT NOT NULL,
    package TEXT,
    auto_offline SMALLINT NOT NULL,
    weight BIGINT NOT NULL,
    meta TEXT NOT NULL,
    meta_title TEXT NOT NULL,
    meta_description TEXT NOT NULL,
    search TEXT NOT NULL,
    no_internal_search SMALLINT NOT NULL,
    canonical_id BIGINT,
    mailing_list_ids TEXT,
    bundle TEXT NOT NULL,
    requires_age_verification BIGINT,
    min_stock_order BIGINT,
    min_stock_value BIGINT NOT NULL,
    country_of_origin TEXT,
    google_category TEXT,
    no_partner_ads SMALLINT NOT NULL,
    categories TEXT NOT NULL,
    related TEXT NOT NULL,
    similar_products TEXT NOT NULL,
    bundle_data TEXT NOT NULL,
    html_fields TEXT NOT NULL,
    extension_data TEXT NOT NULL,
    sale_from BIGINT,
    sale_to BIGINT,
    group_prices TEXT NOT NULL,
    search_text TEXT NOT NULL,
    parts BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, product_id)
);
CREATE INDEX products_own_id_idx ON products (webshop_id, own_id);
CREATE INDEX products_rewrite_url_idx ON products (webshop_id, rewrite_url);
CREATE INDEX products_last_modified_idx ON products (webshop_id, last_modified, product_id);
CREATE INDEX products_supplier_id_idx ON products (webshop_id, supplier_id, product_id);
CREATE INDEX products_brand_id_idx ON products (webshop_id, brand_id, product_id);
CREATE INDEX products_name_idx ON products (webshop_id, name, product_id);
CREATE INDEX products_price_idx ON products (webshop_id, price, product_id);
CREATE INDEX products_gtin_idx ON products (webshop_id, gtin);
CREATE SEQUENCE products_seq;

-- Which products a category shows: the index of products.categories and products.main_category_id.
CREATE TABLE product_categories (
    webshop_id BIGINT NOT NULL,
    category_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, category_id, product_id)
); -- clustered
CREATE INDEX product_categories_product_id_idx ON product_categories (webshop_id, product_id);
