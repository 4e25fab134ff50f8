-- A job takes the next keys of one of these indexes and asks only then which of them have to be done, so that a page
-- costs the same however much is left (docs/adr/0048-batches-cost-the-same-at-any-size.md).
DROP INDEX sessions_idle_idx;
CREATE INDEX sessions_idle_idx ON sessions (last_activity_at, id) WHERE state = 'active';
DROP INDEX sessions_ended_activity_idx;
CREATE INDEX sessions_ended_activity_idx ON sessions (last_activity_at, id) WHERE state <> 'active';
CREATE INDEX sessions_turn_deadline_idx ON sessions (turn_deadline_at)
  WHERE state = 'active' AND turn_deadline_at IS NOT NULL;
DROP INDEX runs_unfinished_idx;
CREATE INDEX runs_unfinished_idx ON runs (id) WHERE state IN ('queued', 'running');
DROP INDEX exports_unfinished_idx;
CREATE INDEX exports_unfinished_idx ON exports (id) WHERE state IN ('queued', 'running');
DROP INDEX assignments_due_idx;
CREATE INDEX assignments_due_idx ON assignments (due_at, id) WHERE state = 'published' AND deleted_at IS NULL;
DROP INDEX assignments_opens_idx;
CREATE INDEX assignments_opens_idx ON assignments (opens_at, id)
  WHERE state = 'published' AND deleted_at IS NULL AND opens_at IS NOT NULL;
DROP INDEX assignment_overrides_due_idx;
CREATE INDEX assignment_overrides_due_idx ON assignment_overrides (due_at, assignment_id) WHERE due_at IS NOT NULL;
DROP INDEX assignment_overrides_opens_idx;
CREATE INDEX assignment_overrides_opens_idx ON assignment_overrides (opens_at, assignment_id) WHERE opens_at IS NOT NULL;
CREATE INDEX usage_daily_day_idx ON usage_daily (tenant_id, day, id);

-- Few rows among many: administrators, limits of retention, jobs that could not be started.
CREATE INDEX group_members_admins_idx ON group_members (group_id, user_id) WHERE role = 'admin';
CREATE INDEX users_platform_admins_idx ON users (id) WHERE is_platform_admin;
CREATE INDEX groups_chat_retention_idx ON groups (id) WHERE settings #>> '{privacy,chatRetentionDays}' IS NOT NULL;
CREATE INDEX outbox_failed_idx ON outbox (created_at) WHERE state = 'failed';

-- The deliveries of an event that are due come from one index. The event of a notification never changes.
ALTER TABLE notification_deliveries ADD COLUMN event_id uuid;
UPDATE notification_deliveries d SET event_id = n.event_id FROM notifications n WHERE n.id = d.notification_id;
-- A worker of the version before does not name it.
CREATE FUNCTION copy_event_of_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT n.event_id INTO NEW.event_id FROM notifications n WHERE n.id = NEW.notification_id;
  RETURN NEW;
END $$;
CREATE TRIGGER notification_deliveries_event BEFORE INSERT ON notification_deliveries
  FOR EACH ROW WHEN (NEW.event_id IS NULL) EXECUTE FUNCTION copy_event_of_delivery();
ALTER TABLE notification_deliveries ALTER COLUMN event_id SET NOT NULL;
DROP INDEX notification_deliveries_open_idx;
CREATE INDEX notification_deliveries_due_idx ON notification_deliveries (event_id, due_at, id)
  WHERE state IN ('pending', 'deferred') AND digest_id IS NULL;
