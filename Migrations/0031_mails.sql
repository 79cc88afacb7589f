-- Mails, in the transaction of what they tell of; a row of the queue says that one is to be sent. Those of shop 0 are the
-- platform's own. Subject, text and html are sealed, and empty once they are kept no longer.
CREATE TABLE mails (
    webshop_id BIGINT NOT NULL,
    mail_id BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    template TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    error TEXT,
    sent BIGINT,
    message_key TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_modified BIGINT NOT NULL,
    removed_on BIGINT,
    PRIMARY KEY (webshop_id, mail_id)
);
CREATE INDEX mails_status_idx ON mails (webshop_id, status, mail_id);
CREATE INDEX mails_recipient_idx ON mails (webshop_id, recipient, mail_id);
CREATE INDEX mails_last_modified_idx ON mails (webshop_id, last_modified);
-- Whose bodies are still there.
CREATE INDEX mails_bodies_idx ON mails (webshop_id, last_modified) WHERE text <> '';
CREATE SEQUENCE mails_seq;
