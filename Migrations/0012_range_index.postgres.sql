-- Index the bundles and recommendations there were before their tables.
INSERT INTO bundle_members (webshop_id, bundle_id, product_id, count, place)
SELECT p.webshop_id, p.product_id, CAST(m.value ->> 'product_id' AS BIGINT), sum(CAST(m.value ->> 'count' AS BIGINT)), min(m.place)
FROM products p CROSS JOIN LATERAL jsonb_array_elements(CAST(p.bundle_data AS jsonb)) WITH ORDINALITY m (value, place)
WHERE p.removed_on IS NULL AND p.bundle_data <> '[]' GROUP BY 1, 2, 3;

INSERT INTO product_mentions (webshop_id, mentioned_id, product_id)
SELECT p.webshop_id, CAST(m.value AS BIGINT), p.product_id FROM products p
CROSS JOIN LATERAL jsonb_array_elements_text(CAST(p.related AS jsonb)) m (value)
WHERE p.removed_on IS NULL AND p.related <> '[]'
UNION SELECT p.webshop_id, CAST(m.value AS BIGINT), p.product_id FROM products p
CROSS JOIN LATERAL jsonb_array_elements_text(CAST(p.similar_products AS jsonb)) m (value)
WHERE p.removed_on IS NULL AND p.similar_products <> '[]';
