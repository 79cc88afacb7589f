-- Variants are a resource of their own: they are found by the shop's own number and by their barcode, and polled by their last
-- change. Those of a product are found by the key that tells them apart.
CREATE INDEX product_variants_own_id_idx ON product_variants (webshop_id, own_id);
CREATE INDEX product_variants_gtin_idx ON product_variants (webshop_id, gtin);
CREATE INDEX product_variants_last_modified_idx ON product_variants (webshop_id, last_modified);
