-- Whether a product's price was ever said: no price is not 0. What is there is sold on as it was.
ALTER TABLE products ADD COLUMN is_priced SMALLINT NOT NULL DEFAULT 1;

-- Why an order carries no VAT: its buyer accounts for it, or its goods leave the EU.
ALTER TABLE orders ADD COLUMN reverse_charge SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN export SMALLINT NOT NULL DEFAULT 0;
