-- The terms of products, ready made; the rowid is the product's id.
CREATE VIRTUAL TABLE search_texts USING fts5(terms, detail=none, columnsize=0, tokenize="ascii tokenchars ':~^#'");
