-- Who did it, as of then: {"type":"token","id":5,"name":"till"}. Nobody knows it of what is older.
ALTER TABLE events ADD COLUMN actor TEXT;
ALTER TABLE stock_entries ADD COLUMN actor TEXT;
ALTER TABLE price_history ADD COLUMN actor TEXT;
-- Short, so it stays in the row where the data of an event is moved beside it.
ALTER TABLE events ALTER COLUMN actor SET STORAGE MAIN;
