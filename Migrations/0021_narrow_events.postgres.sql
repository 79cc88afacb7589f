-- An event gets its position after its commit, by an UPDATE that copies the row. Its data stands beside the table, and the
-- copy leaves it there.
ALTER TABLE events SET (toast_tuple_target = 128);
