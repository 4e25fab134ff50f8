-- Answers that failed and answers that went on with a cut one both give back the message that they took: one function
-- for both triggers.
CREATE FUNCTION refund_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET message_count = message_count - 1 WHERE id = NEW.session_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER messages_refund AFTER UPDATE ON messages FOR EACH ROW
  WHEN (OLD.state = 'streaming' AND NEW.state = 'failed') EXECUTE FUNCTION refund_message();

CREATE OR REPLACE TRIGGER messages_refund_continuation AFTER UPDATE ON messages FOR EACH ROW
  WHEN (OLD.state = 'streaming' AND NEW.state = 'complete' AND NEW.continues) EXECUTE FUNCTION refund_message();

DROP FUNCTION refund_failed_answer();
DROP FUNCTION refund_continuation();
