-- Who did it, as of then: {"type":"token","id":5,"name":"till"}. Nobody knows it of what is older.
ALTER TABLE events ADD COLUMN actor TEXT;
ALTER TABLE stock_entries ADD COLUMN actor TEXT;
ALTER TABLE price_history ADD COLUMN actor TEXT;
