-- What ended an answer before it was whole: the limit of tokens, or the person who asked. Null for a whole one.
ALTER TABLE messages ADD COLUMN cut_by text
  CONSTRAINT messages_cut_by_check
    CHECK (cut_by IS NULL OR (cut_by IN ('length', 'stopped') AND role = 'assistant' AND state = 'complete'));

-- Whether a message asks for the rest of an answer that was cut, or is that rest.
ALTER TABLE messages ADD COLUMN continues boolean NOT NULL DEFAULT false;

-- Whether the output was made from an answer that the limit of tokens cut.
ALTER TABLE runs ADD COLUMN truncated boolean NOT NULL DEFAULT false;

-- A continuation counts against no limit: the message that it took is given back when it ends well, as every other one
-- is given back when it fails.
CREATE FUNCTION refund_continuation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET message_count = message_count - 1 WHERE id = NEW.session_id;
  RETURN NULL;
END $$;

CREATE TRIGGER messages_refund_continuation AFTER UPDATE ON messages FOR EACH ROW
  WHEN (OLD.state = 'streaming' AND NEW.state = 'complete' AND NEW.continues) EXECUTE FUNCTION refund_continuation();
