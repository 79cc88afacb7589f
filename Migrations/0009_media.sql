-- Images and files: what is shown of things, and what is still to be fetched. Bytes are in the media folder, by content.

-- An image belongs to one product, category or brand, whose id is in its column.
CREATE TABLE images (
    webshop_id BIGINT NOT NULL,
    image_id BIGINT NOT NULL,
    product_id BIGINT,
    category_id BIGINT,
    brand_id BIGINT,
    weight BIGINT NOT NULL,
    variant_name TEXT,
    description TEXT NOT NULL,
    path TEXT,
    sha256 TEXT,
    content_type TEXT,
    width BIGINT,
    height BIGINT,
    source_url TEXT,
    error TEXT,
    created BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, image_id)
);
CREATE INDEX images_product_id_idx ON images (webshop_id, product_id, weight) WHERE product_id IS NOT NULL;
CREATE INDEX images_category_id_idx ON images (webshop_id, category_id, weight) WHERE category_id IS NOT NULL;
CREATE INDEX images_brand_id_idx ON images (webshop_id, brand_id, weight) WHERE brand_id IS NOT NULL;
CREATE INDEX images_sha256_idx ON images (webshop_id, sha256);
CREATE SEQUENCE images_seq;

-- Images given by address that are not here yet, and when to ask for them next.
CREATE TABLE image_fetches (
    webshop_id BIGINT NOT NULL,
    image_id BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, image_id)
); -- clustered

CREATE TABLE product_files (
    webshop_id BIGINT NOT NULL,
    product_file_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    filename TEXT NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (webshop_id, product_file_id)
);
CREATE INDEX product_files_product_id_idx ON product_files (webshop_id, product_id, filename);
CREATE INDEX product_files_sha256_idx ON product_files (webshop_id, sha256);
CREATE SEQUENCE product_files_seq;

-- Whose an image or a product with files is: public addresses carry the id and nothing of the shop.
CREATE TABLE media_owners (
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    webshop_id BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
); -- clustered

-- What the database knows of itself: which media folder is its own.
CREATE TABLE server_facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
