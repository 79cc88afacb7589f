-- What the shop itself calls a row: one live row has it, and most rows have none.
ALTER TABLE brands ADD COLUMN own_id TEXT;
CREATE UNIQUE INDEX brands_own_id_key ON brands (webshop_id, own_id)
    WHERE removed_on IS NULL AND own_id IS NOT NULL;
ALTER TABLE manufacturers ADD COLUMN own_id TEXT;
CREATE UNIQUE INDEX manufacturers_own_id_key ON manufacturers (webshop_id, own_id)
    WHERE removed_on IS NULL AND own_id IS NOT NULL;
ALTER TABLE suppliers ADD COLUMN own_id TEXT;
CREATE UNIQUE INDEX suppliers_own_id_key ON suppliers (webshop_id, own_id)
    WHERE removed_on IS NULL AND own_id IS NOT NULL;
ALTER TABLE categories ADD COLUMN own_id TEXT;
CREATE UNIQUE INDEX categories_own_id_key ON categories (webshop_id, own_id)
    WHERE removed_on IS NULL AND own_id IS NOT NULL;
ALTER TABLE customers ADD COLUMN own_id TEXT;
CREATE UNIQUE INDEX customers_own_id_key ON customers (webshop_id, own_id)
    WHERE removed_on IS NULL AND own_id IS NOT NULL;
ALTER TABLE orders ADD COLUMN own_id TEXT;
CREATE UNIQUE INDEX orders_own_id_key ON orders (webshop_id, own_id)
    WHERE removed_on IS NULL AND own_id IS NOT NULL;

-- When an order was placed, where that was before it came here.
ALTER TABLE orders ADD COLUMN placed BIGINT;

-- Records of a file of which nothing was taken; one can have several faults, and one with a fault can be taken.
ALTER TABLE import_jobs ADD COLUMN refused_count BIGINT NOT NULL DEFAULT 0;

-- Whether a level may be below zero only since an order took what was not there: nothing else is sold below zero from it.
ALTER TABLE stock_levels ADD COLUMN is_oversold SMALLINT NOT NULL DEFAULT 0;
