-- Whose an image is stands in two columns, whatever has images: the path of the resource and its id.
CREATE TABLE owned_images (
    webshop_id BIGINT NOT NULL,
    image_id BIGINT NOT NULL,
    owner TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
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
INSERT INTO owned_images (webshop_id, image_id, owner, owner_id, weight, variant_name, description, path, sha256,
    content_type, width, height, source_url, error, created)
SELECT webshop_id, image_id,
    CASE WHEN product_id IS NOT NULL THEN 'product' WHEN category_id IS NOT NULL THEN 'category' ELSE 'brand' END,
    coalesce(product_id, category_id, brand_id), weight, variant_name, description, path, sha256, content_type, width,
    height, source_url, error, created FROM images ORDER BY webshop_id, image_id;
DROP TABLE images;
ALTER TABLE owned_images RENAME TO images;
CREATE INDEX images_owner_idx ON images (webshop_id, owner, owner_id, weight);
CREATE INDEX images_sha256_idx ON images (webshop_id, sha256);

-- Landing pages have images too.
ALTER TABLE landing_pages ADD COLUMN parts BIGINT NOT NULL DEFAULT 0;
