-- The terms of products, ready made.
CREATE TABLE search_texts (
    webshop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    terms TSVECTOR NOT NULL,
    PRIMARY KEY (webshop_id, product_id)
);
CREATE INDEX search_texts_terms_idx ON search_texts USING gin (terms);
