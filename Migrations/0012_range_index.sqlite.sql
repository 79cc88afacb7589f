-- Index the bundles and recommendations there were before their tables.
INSERT INTO bundle_members (webshop_id, bundle_id, product_id, count, place)
SELECT p.webshop_id, p.product_id, json_extract(m.value, '$.product_id'), sum(json_extract(m.value, '$.count')), min(m.key)
FROM products p JOIN json_each(p.bundle_data) m WHERE p.removed_on IS NULL AND p.bundle_data <> '[]' GROUP BY 1, 2, 3;

INSERT INTO product_mentions (webshop_id, mentioned_id, product_id)
SELECT p.webshop_id, m.value, p.product_id FROM products p JOIN json_each(p.related) m
WHERE p.removed_on IS NULL AND p.related <> '[]'
UNION SELECT p.webshop_id, m.value, p.product_id FROM products p JOIN json_each(p.similar_products) m
WHERE p.removed_on IS NULL AND p.similar_products <> '[]';
