-- A job that must start, written in the transaction that wants it; the relay in the worker starts it.
CREATE TABLE outbox (
  id           uuid PRIMARY KEY,
  tenant_id    uuid CONSTRAINT outbox_tenant_fkey REFERENCES groups (id),
  workflow     text NOT NULL,
  task_queue   text NOT NULL,
  -- 'start' starts the workflow of this id, 'cancel' asks it to stop.
  operation    text NOT NULL DEFAULT 'start' CONSTRAINT outbox_operation_check CHECK (operation IN ('start', 'cancel')),
  workflow_id  text NOT NULL CONSTRAINT outbox_workflow_id_check CHECK (char_length(workflow_id) BETWEEN 1 AND 200),
  -- Ids, codes and counts only: it is copied into the workflow's history.
  input        jsonb NOT NULL,
  summary      text NOT NULL,
  subject_id   uuid,
  state        text NOT NULL DEFAULT 'pending' CONSTRAINT outbox_state_check CHECK (state IN ('pending', 'started', 'failed')),
  attempts     integer NOT NULL DEFAULT 0,
  available_at timestamptz NOT NULL DEFAULT now(),
  started_at   timestamptz,
  last_error   text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT outbox_workflow_operation_key UNIQUE (workflow_id, operation),
  CONSTRAINT outbox_started_check CHECK ((state = 'started') = (started_at IS NOT NULL))
);
CREATE INDEX outbox_tenant_idx ON outbox (tenant_id);
CREATE INDEX outbox_pending_idx ON outbox (available_at, id) WHERE state = 'pending';
CREATE INDEX outbox_started_idx ON outbox (started_at) WHERE state = 'started';
CREATE TRIGGER outbox_touch BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();

-- The first answer to a POST that carried an Idempotency-Key, written in the transaction of its effect.
CREATE TABLE idempotency_keys (
  id              uuid PRIMARY KEY,
  user_id         uuid NOT NULL CONSTRAINT idempotency_keys_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  key             text NOT NULL CONSTRAINT idempotency_keys_key_check CHECK (char_length(key) BETWEEN 1 AND 255),
  route           text NOT NULL,
  request_hash    text NOT NULL,
  response_status integer NOT NULL,
  response_headers jsonb NOT NULL,
  response_body   text NOT NULL,
  expires_at      timestamptz NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_keys_user_key_key UNIQUE (user_id, key)
);
CREATE INDEX idempotency_keys_expires_idx ON idempotency_keys (expires_at);
CREATE TRIGGER idempotency_keys_touch BEFORE UPDATE ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Append-only. No foreign keys: a row must outlive whatever it speaks of.
CREATE TABLE audit_events (
  id           uuid PRIMARY KEY,
  seq          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_events_seq_key UNIQUE,
  tenant_id    uuid,
  actor_id     uuid,
  actor_kind   text NOT NULL CONSTRAINT audit_events_actor_kind_check CHECK (actor_kind IN ('user', 'api_token', 'system', 'anonymous')),
  action       text NOT NULL CONSTRAINT audit_events_action_check CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
  subject_type text NOT NULL,
  subject_id   uuid,
  -- The person whose data the event is about, where there is one.
  about_user_id uuid,
  details      jsonb NOT NULL DEFAULT '{}',
  request_id   text,
  ip           text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT audit_events_actor_check CHECK ((actor_kind IN ('user', 'api_token')) = (actor_id IS NOT NULL))
);
CREATE INDEX audit_events_tenant_idx ON audit_events (tenant_id, seq);
CREATE INDEX audit_events_subject_idx ON audit_events (subject_id, seq);
CREATE INDEX audit_events_actor_idx ON audit_events (actor_id, seq);
CREATE INDEX audit_events_about_user_idx ON audit_events (about_user_id, seq) WHERE about_user_id IS NOT NULL;
CREATE TRIGGER audit_events_immutable BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
