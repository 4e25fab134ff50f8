-- What the daily clean-up looks for, so that it reads only what it removes.
CREATE INDEX notifications_created_idx ON notifications (created_at);
CREATE INDEX notifications_read_idx ON notifications (read_at) WHERE read_at IS NOT NULL;
CREATE INDEX notification_events_created_idx ON notification_events (created_at);
CREATE INDEX exports_records_idx ON exports (finished_at) WHERE files_deleted_at IS NOT NULL;
CREATE INDEX assignment_reminders_due_idx ON assignment_reminders (due_at);
