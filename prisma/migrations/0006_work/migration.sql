CREATE TABLE assignments (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL CONSTRAINT assignments_tenant_fkey REFERENCES groups (id),
  class_id     uuid NOT NULL CONSTRAINT assignments_class_fkey REFERENCES classes (id),
  tool_id      uuid NOT NULL,
  -- With pin 'exact' what students get; with 'follow_latest' the version at the time of the last publish.
  tool_version integer NOT NULL,
  pin          text NOT NULL DEFAULT 'exact' CONSTRAINT assignments_pin_check CHECK (pin IN ('exact', 'follow_latest')),
  title        text NOT NULL CONSTRAINT assignments_title_check CHECK (char_length(title) BETWEEN 1 AND 200),
  instructions text CONSTRAINT assignments_instructions_check CHECK (char_length(instructions) <= 20000),
  opens_at     timestamptz,
  due_at       timestamptz,
  closes_at    timestamptz,
  max_attempts integer CONSTRAINT assignments_max_attempts_check CHECK (max_attempts BETWEEN 1 AND 1000),
  points       numeric(8, 2) NOT NULL DEFAULT 100 CONSTRAINT assignments_points_check CHECK (points BETWEEN 0 AND 100000),
  late_policy  text NOT NULL DEFAULT 'accept' CONSTRAINT assignments_late_policy_check CHECK (late_policy IN ('accept', 'refuse')),
  state        text NOT NULL DEFAULT 'draft' CONSTRAINT assignments_state_check CHECK (state IN ('draft', 'published', 'closed')),
  published_at timestamptz,
  closed_at    timestamptz,
  created_by   uuid NOT NULL CONSTRAINT assignments_created_by_fkey REFERENCES users (id),
  revision     integer NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  deleted_at   timestamptz,
  CONSTRAINT assignments_tool_version_fkey FOREIGN KEY (tool_id, tool_version) REFERENCES tool_versions (tool_id, version),
  CONSTRAINT assignments_dates_check CHECK (
    (opens_at IS NULL OR due_at IS NULL OR opens_at <= due_at)
    AND (due_at IS NULL OR closes_at IS NULL OR due_at <= closes_at)
    AND (opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at)),
  CONSTRAINT assignments_published_check CHECK (state = 'draft' OR published_at IS NOT NULL),
  CONSTRAINT assignments_closed_check CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX assignments_tenant_idx ON assignments (tenant_id);
CREATE INDEX assignments_class_idx ON assignments (class_id, due_at, id) WHERE deleted_at IS NULL;
CREATE INDEX assignments_class_all_idx ON assignments (class_id);
CREATE INDEX assignments_tool_version_idx ON assignments (tool_id, tool_version);
CREATE INDEX assignments_created_by_idx ON assignments (created_by);
CREATE INDEX assignments_due_idx ON assignments (due_at) WHERE state = 'published' AND deleted_at IS NULL;
CREATE TRIGGER assignments_touch BEFORE UPDATE ON assignments FOR EACH ROW EXECUTE FUNCTION touch_revision();

-- A null column means "as the assignment says".
CREATE TABLE assignment_overrides (
  id            uuid PRIMARY KEY,
  assignment_id uuid NOT NULL CONSTRAINT assignment_overrides_assignment_fkey REFERENCES assignments (id) ON DELETE CASCADE,
  user_id       uuid NOT NULL CONSTRAINT assignment_overrides_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  opens_at      timestamptz,
  due_at        timestamptz,
  closes_at     timestamptz,
  max_attempts  integer CONSTRAINT assignment_overrides_max_attempts_check CHECK (max_attempts BETWEEN 1 AND 1000),
  excused       boolean NOT NULL DEFAULT false,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT assignment_overrides_assignment_user_key UNIQUE (assignment_id, user_id)
);
CREATE INDEX assignment_overrides_user_idx ON assignment_overrides (user_id);
CREATE TRIGGER assignment_overrides_touch BEFORE UPDATE ON assignment_overrides FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE submissions (
  id              uuid PRIMARY KEY,
  tenant_id       uuid NOT NULL CONSTRAINT submissions_tenant_fkey REFERENCES groups (id),
  assignment_id   uuid NOT NULL CONSTRAINT submissions_assignment_fkey REFERENCES assignments (id),
  user_id         uuid NOT NULL CONSTRAINT submissions_user_fkey REFERENCES users (id),
  attempt         integer NOT NULL CONSTRAINT submissions_attempt_check CHECK (attempt >= 1),
  tool_id         uuid NOT NULL,
  tool_version    integer NOT NULL,
  state           text NOT NULL DEFAULT 'in_progress' CONSTRAINT submissions_state_check
                    CHECK (state IN ('in_progress', 'submitted', 'returned')),
  answer          text CONSTRAINT submissions_answer_check CHECK (char_length(answer) <= 100000),
  started_at      timestamptz NOT NULL DEFAULT now(),
  submitted_at    timestamptz,
  -- Fixed at hand-in, against the due date then in force for this student.
  due_at_in_force timestamptz,
  late            boolean NOT NULL DEFAULT false,
  late_by_seconds integer NOT NULL DEFAULT 0 CONSTRAINT submissions_late_by_check CHECK (late_by_seconds >= 0),
  draft_score     numeric(8, 2) CONSTRAINT submissions_draft_score_check CHECK (draft_score BETWEEN 0 AND 100000),
  draft_feedback  text CONSTRAINT submissions_draft_feedback_check CHECK (char_length(draft_feedback) <= 20000),
  graded_by       uuid CONSTRAINT submissions_graded_by_fkey REFERENCES users (id),
  graded_at       timestamptz,
  released_score  numeric(8, 2),
  released_feedback text,
  returned_by     uuid CONSTRAINT submissions_returned_by_fkey REFERENCES users (id),
  returned_at     timestamptz,
  revision        integer NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT submissions_attempt_key UNIQUE (assignment_id, user_id, attempt),
  CONSTRAINT submissions_tool_version_fkey FOREIGN KEY (tool_id, tool_version) REFERENCES tool_versions (tool_id, version),
  CONSTRAINT submissions_submitted_check CHECK ((state = 'in_progress') = (submitted_at IS NULL)),
  CONSTRAINT submissions_returned_check CHECK ((state = 'returned') = (returned_at IS NOT NULL)),
  CONSTRAINT submissions_released_check CHECK (state = 'returned' OR (released_score IS NULL AND released_feedback IS NULL)),
  CONSTRAINT submissions_late_check CHECK (late = (late_by_seconds > 0))
);
CREATE INDEX submissions_tenant_idx ON submissions (tenant_id);
CREATE INDEX submissions_assignment_idx ON submissions (assignment_id, state);
CREATE INDEX submissions_assignment_updated_idx ON submissions (assignment_id, updated_at, id);
CREATE INDEX submissions_user_idx ON submissions (user_id, updated_at, id);
CREATE INDEX submissions_tool_version_idx ON submissions (tool_id, tool_version);
CREATE INDEX submissions_graded_by_idx ON submissions (graded_by);
CREATE INDEX submissions_returned_by_idx ON submissions (returned_by);
CREATE TRIGGER submissions_touch BEFORE UPDATE ON submissions FOR EACH ROW EXECUTE FUNCTION touch_revision();

CREATE TABLE sessions (
  id               uuid PRIMARY KEY,
  tenant_id        uuid NOT NULL CONSTRAINT sessions_tenant_fkey REFERENCES groups (id),
  user_id          uuid NOT NULL CONSTRAINT sessions_user_fkey REFERENCES users (id),
  tool_id          uuid NOT NULL,
  tool_version     integer NOT NULL,
  class_id         uuid CONSTRAINT sessions_class_fkey REFERENCES classes (id),
  submission_id    uuid CONSTRAINT sessions_submission_fkey REFERENCES submissions (id),
  state            text NOT NULL DEFAULT 'active' CONSTRAINT sessions_state_check
                     CHECK (state IN ('active', 'completed', 'expired', 'stopped')),
  -- Messages of the student, counted against the tool's max_messages.
  message_count    integer NOT NULL DEFAULT 0 CONSTRAINT sessions_message_count_check CHECK (message_count >= 0),
  last_seq         integer NOT NULL DEFAULT 0 CONSTRAINT sessions_last_seq_check CHECK (last_seq >= 0),
  -- Set while an answer is being made. A turn whose deadline has passed belongs to a process that died.
  turn_deadline_at timestamptz,
  last_activity_at timestamptz NOT NULL DEFAULT now(),
  ended_at         timestamptz,
  revision         integer NOT NULL DEFAULT 1,
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sessions_tool_version_fkey FOREIGN KEY (tool_id, tool_version) REFERENCES tool_versions (tool_id, version),
  CONSTRAINT sessions_ended_check CHECK ((state = 'active') = (ended_at IS NULL))
);
CREATE INDEX sessions_tenant_idx ON sessions (tenant_id);
CREATE INDEX sessions_user_idx ON sessions (user_id, created_at, id);
CREATE INDEX sessions_tool_version_idx ON sessions (tool_id, tool_version);
CREATE INDEX sessions_class_idx ON sessions (class_id);
CREATE INDEX sessions_submission_idx ON sessions (submission_id);
-- One chat at a time on an attempt, however many devices start one.
CREATE UNIQUE INDEX sessions_active_submission_key ON sessions (submission_id) WHERE state = 'active';
CREATE INDEX sessions_idle_idx ON sessions (last_activity_at) WHERE state = 'active';
CREATE TRIGGER sessions_touch BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION touch_revision();

CREATE TABLE messages (
  id              uuid PRIMARY KEY,
  session_id      uuid NOT NULL CONSTRAINT messages_session_fkey REFERENCES sessions (id) ON DELETE CASCADE,
  seq             integer NOT NULL CONSTRAINT messages_seq_check CHECK (seq >= 1),
  role            text NOT NULL CONSTRAINT messages_role_check CHECK (role IN ('user', 'assistant')),
  content         text NOT NULL CONSTRAINT messages_content_check CHECK (char_length(content) <= 200000),
  state           text NOT NULL DEFAULT 'complete' CONSTRAINT messages_state_check
                    CHECK (state IN ('complete', 'streaming', 'failed')),
  model           text,
  input_tokens    integer CONSTRAINT messages_input_tokens_check CHECK (input_tokens >= 0),
  output_tokens   integer CONSTRAINT messages_output_tokens_check CHECK (output_tokens >= 0),
  latency_ms      integer CONSTRAINT messages_latency_check CHECK (latency_ms >= 0),
  error_code      text,
  -- On the student's message: the Idempotency-Key it came with, so that the model is never asked twice.
  idempotency_key text CONSTRAINT messages_idempotency_key_check CHECK (char_length(idempotency_key) BETWEEN 1 AND 255),
  request_hash    text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT messages_session_seq_key UNIQUE (session_id, seq),
  CONSTRAINT messages_failed_check CHECK ((state = 'failed') = (error_code IS NOT NULL)),
  CONSTRAINT messages_user_complete_check CHECK (role = 'assistant' OR state = 'complete')
);
CREATE UNIQUE INDEX messages_idempotency_key ON messages (session_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE TRIGGER messages_touch BEFORE UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE runs (
  id            uuid PRIMARY KEY,
  tenant_id     uuid NOT NULL CONSTRAINT runs_tenant_fkey REFERENCES groups (id),
  user_id       uuid NOT NULL CONSTRAINT runs_user_fkey REFERENCES users (id),
  tool_id       uuid NOT NULL,
  tool_version  integer NOT NULL,
  class_id      uuid CONSTRAINT runs_class_fkey REFERENCES classes (id),
  submission_id uuid CONSTRAINT runs_submission_fkey REFERENCES submissions (id),
  state         text NOT NULL DEFAULT 'queued' CONSTRAINT runs_state_check
                  CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  input         jsonb NOT NULL,
  output        jsonb,
  -- What the model answered at first and what did not fit; a repair goes on from here, also in another worker.
  draft_output  text,
  model         text,
  input_tokens  integer NOT NULL DEFAULT 0 CONSTRAINT runs_input_tokens_check CHECK (input_tokens >= 0),
  output_tokens integer NOT NULL DEFAULT 0 CONSTRAINT runs_output_tokens_check CHECK (output_tokens >= 0),
  cost_micros   bigint NOT NULL DEFAULT 0 CONSTRAINT runs_cost_check CHECK (cost_micros >= 0),
  error_code    text,
  cancel_requested_at timestamptz,
  started_at    timestamptz,
  finished_at   timestamptz,
  revision      integer NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT runs_tool_version_fkey FOREIGN KEY (tool_id, tool_version) REFERENCES tool_versions (tool_id, version),
  CONSTRAINT runs_output_check CHECK ((state = 'succeeded') = (output IS NOT NULL)),
  CONSTRAINT runs_draft_check CHECK (state = 'running' OR draft_output IS NULL),
  CONSTRAINT runs_error_check CHECK ((state = 'failed') = (error_code IS NOT NULL)),
  CONSTRAINT runs_finished_check CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);
CREATE INDEX runs_tenant_idx ON runs (tenant_id);
CREATE INDEX runs_user_idx ON runs (user_id, created_at, id);
CREATE INDEX runs_tool_version_idx ON runs (tool_id, tool_version);
CREATE INDEX runs_class_idx ON runs (class_id);
CREATE INDEX runs_submission_idx ON runs (submission_id);
CREATE INDEX runs_unfinished_idx ON runs (created_at) WHERE state IN ('queued', 'running');
CREATE TRIGGER runs_touch BEFORE UPDATE ON runs FOR EACH ROW EXECUTE FUNCTION touch_revision();
