-- The seal of an audit event: its place in the hash chain of its tenant, and the hash over all of the chain up to it.
-- Append-only as the events themselves.
CREATE TABLE audit_seals (
  -- The event's own id. No foreign key: a seal must outlive an event that somebody removes, for that is how it is found.
  id         uuid PRIMARY KEY,
  -- The tenant, or the nil UUID for the events of none.
  chain_id   uuid NOT NULL,
  position   bigint NOT NULL CONSTRAINT audit_seals_position_check CHECK (position >= 1),
  hash       bytea NOT NULL CONSTRAINT audit_seals_hash_check CHECK (octet_length(hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT audit_seals_position_key UNIQUE (chain_id, position)
);
CREATE TRIGGER audit_seals_immutable BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How long each chain is, so that a missing end is noticed. Locked while its chain grows: there is one writer at a time.
CREATE TABLE audit_heads (
  -- The chain.
  id         uuid PRIMARY KEY,
  position   bigint NOT NULL DEFAULT 0 CONSTRAINT audit_heads_position_check CHECK (position >= 0),
  -- Of the newest sealed event. Every event of the chain up to it is sealed, and none can come to stand below it.
  seq        bigint NOT NULL DEFAULT 0,
  hash       bytea NOT NULL CONSTRAINT audit_heads_hash_check CHECK (octet_length(hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION refuse_going_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW.position <= OLD.position OR NEW.seq <= OLD.seq THEN
    RAISE EXCEPTION 'a chain only grows: its head cannot go back' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads FOR EACH ROW EXECUTE FUNCTION refuse_going_back();
CREATE TRIGGER audit_heads_touch BEFORE UPDATE ON audit_heads FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER audit_heads_kept BEFORE DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_heads_no_truncate BEFORE TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What people read is sorted and narrowed by time: of a tenant, of one kind of event in it, and of the whole platform.
CREATE INDEX audit_events_tenant_created_idx ON audit_events (tenant_id, created_at, id);
CREATE INDEX audit_events_tenant_action_idx ON audit_events (tenant_id, action, created_at, id);
CREATE INDEX audit_events_created_idx ON audit_events (created_at, id);

-- That a student was reminded of an assignment, for one due date: another date is worth another reminder.
CREATE TABLE assignment_reminders (
  id            uuid PRIMARY KEY,
  assignment_id uuid NOT NULL CONSTRAINT assignment_reminders_assignment_fkey REFERENCES assignments (id) ON DELETE CASCADE,
  user_id       uuid NOT NULL CONSTRAINT assignment_reminders_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  due_at        timestamptz NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT assignment_reminders_once_key UNIQUE (assignment_id, user_id, due_at)
);
CREATE INDEX assignment_reminders_user_idx ON assignment_reminders (user_id);
-- Whose own due date comes near; assignments_due_idx finds the others.
CREATE INDEX assignment_overrides_due_idx ON assignment_overrides (due_at) WHERE due_at IS NOT NULL;

-- What the daily clean-up looks for, so that it reads only what it removes.
CREATE INDEX runs_retention_idx ON runs (finished_at) WHERE submission_id IS NULL AND finished_at IS NOT NULL;
CREATE INDEX refresh_tokens_ended_idx ON refresh_tokens (least(family_expires_at, revoked_at));
CREATE INDEX api_tokens_ended_idx ON api_tokens (least(expires_at, revoked_at));
