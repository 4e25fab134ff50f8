-- A message whose answer failed does not count against a limit. Answers fail in many statements (a process died, the
-- session was stopped, the provider refused), and each of them must give the message back exactly once.
CREATE FUNCTION refund_failed_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET message_count = message_count - 1 WHERE id = NEW.session_id;
  RETURN NULL;
END $$;

CREATE TRIGGER messages_refund AFTER UPDATE ON messages FOR EACH ROW
  WHEN (OLD.state = 'streaming' AND NEW.state = 'failed') EXECUTE FUNCTION refund_failed_answer();
