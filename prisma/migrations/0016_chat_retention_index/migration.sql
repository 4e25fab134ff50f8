-- Chats that have ended, oldest first: what the clean-up looks for where a group limits how long they are kept.
CREATE INDEX sessions_ended_activity_idx ON sessions (last_activity_at) WHERE state <> 'active';
