-- The chats of a class, in the orders of the list.
CREATE INDEX sessions_class_created_idx ON sessions (class_id, created_at, id);
CREATE INDEX sessions_class_activity_idx ON sessions (class_id, last_activity_at, id);
