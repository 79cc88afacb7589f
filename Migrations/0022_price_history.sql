-- What was set as the price of a product (variant_id 0) or of a variant, and from when on. What somebody paid at a moment
-- follows from it, by the clock where a sale begins or ends (EU price indication, directive 98/6/EC, art. 6a).
CREATE TABLE price_history (
    webshop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    began BIGINT NOT NULL,
    price BIGINT,
    sale_price BIGINT,
    sale_from BIGINT,
    sale_to BIGINT,
    bulk_discount_over BIGINT,
    bulk_discount BIGINT,
    discount_intervals TEXT NOT NULL,
    group_prices TEXT NOT NULL,
    is_priced SMALLINT NOT NULL,
    PRIMARY KEY (webshop_id, product_id, variant_id, began)
); -- clustered

-- What holds since the last change of anything of the product is known to have held since then, and nothing of before.
INSERT INTO price_history (webshop_id, product_id, variant_id, began, price, sale_price, sale_from, sale_to, bulk_discount_over, bulk_discount, discount_intervals, group_prices, is_priced)
SELECT webshop_id, product_id, 0, last_modified, price, sale_price, sale_from, sale_to, bulk_discount_over, bulk_discount, discount_intervals, group_prices, is_priced
FROM products WHERE removed_on IS NULL ORDER BY webshop_id, product_id;
INSERT INTO price_history (webshop_id, product_id, variant_id, began, price, sale_price, discount_intervals, group_prices, is_priced)
SELECT webshop_id, product_id, variant_id, last_modified, price, sale_price, '[]', '[]', 1
FROM product_variants WHERE removed_on IS NULL ORDER BY webshop_id, product_id, variant_id;

-- The sale of a product and the lowest price of the 30 days before it: moments, and what is shown from each on.
ALTER TABLE products ADD COLUMN lowest_price_30_days TEXT;
ALTER TABLE products ADD COLUMN reduction_since TEXT;

-- Where a sale began behind the last change the price before it is known. A discount on the first unit (which starts below
-- the price) is left to the next change of the price.
UPDATE products SET
    lowest_price_30_days = CASE WHEN sale_from > last_modified THEN sale_from || ':' || price || coalesce(' ' || sale_to || ':', '') END,
    reduction_since = CASE WHEN sale_from > last_modified THEN sale_from || ':' || sale_from ELSE last_modified || ':' || last_modified END || coalesce(' ' || sale_to || ':', '')
WHERE removed_on IS NULL AND is_priced = 1 AND sale_price < price
    AND (sale_to IS NULL OR (sale_to > last_modified AND (sale_from IS NULL OR sale_from < sale_to)))
    AND (bulk_discount IS NULL OR bulk_discount_over > 0)
    AND discount_intervals NOT LIKE '%"from":1,%' AND discount_intervals NOT LIKE '%"over":0,%';
