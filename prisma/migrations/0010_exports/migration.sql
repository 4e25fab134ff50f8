-- A file that somebody asked for: made by a job, kept for a while, handed to the one who asked.
CREATE TABLE exports (
  id            uuid PRIMARY KEY,
  tenant_id     uuid NOT NULL CONSTRAINT exports_tenant_fkey REFERENCES groups (id),
  requested_by  uuid NOT NULL CONSTRAINT exports_requested_by_fkey REFERENCES users (id),
  kind          text NOT NULL CONSTRAINT exports_kind_check
                  CHECK (kind IN ('roster', 'gradebook', 'submissions', 'messages', 'usage', 'audit', 'class_report', 'usage_report')),
  format        text NOT NULL CONSTRAINT exports_format_check CHECK (format IN ('csv', 'ndjson', 'xlsx', 'pdf')),
  -- What it is about: one class, or a group with everything below it.
  class_id      uuid CONSTRAINT exports_class_fkey REFERENCES classes (id),
  group_id      uuid CONSTRAINT exports_group_fkey REFERENCES groups (id),
  filters       jsonb NOT NULL DEFAULT '{}' CONSTRAINT exports_filters_check CHECK (jsonb_typeof(filters) = 'object'),
  -- How the file is written: byte order mark, language.
  options       jsonb NOT NULL DEFAULT '{}' CONSTRAINT exports_options_check CHECK (jsonb_typeof(options) = 'object'),
  -- Whether it holds grades that are not returned yet. Decided when it is asked for, held to whenever it is touched.
  with_drafts   boolean NOT NULL DEFAULT false,
  state         text NOT NULL DEFAULT 'queued' CONSTRAINT exports_state_check
                  CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
  -- Fixed by the first attempt; every later one goes by them.
  snapshot_at   timestamptz,
  time_zone     text,
  rows_total    integer CONSTRAINT exports_rows_total_check CHECK (rows_total >= 0),
  -- How far it is: `parts_done` parts with `rows_done` rows are stored, the next one begins behind `cursor`.
  rows_done     integer NOT NULL DEFAULT 0 CONSTRAINT exports_rows_done_check CHECK (rows_done >= 0),
  parts_done    integer NOT NULL DEFAULT 0 CONSTRAINT exports_parts_done_check CHECK (parts_done >= 0),
  cursor        jsonb,
  -- Time spent on the rows so far, from which the rest is estimated; outages do not count.
  active_ms     bigint NOT NULL DEFAULT 0 CONSTRAINT exports_active_ms_check CHECK (active_ms >= 0),
  storage_key   text,
  bytes         bigint CONSTRAINT exports_bytes_check CHECK (bytes >= 0),
  sha256        text CONSTRAINT exports_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  manifest      jsonb,
  error_code    text,
  cancel_requested_at timestamptz,
  started_at    timestamptz,
  finished_at   timestamptz,
  expires_at    timestamptz,
  -- Null while there may be files of it in the storage.
  files_deleted_at timestamptz,
  revision      integer NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT exports_scope_check CHECK (num_nonnulls(class_id, group_id) = 1),
  CONSTRAINT exports_report_check CHECK ((format = 'pdf') = (kind IN ('class_report', 'usage_report'))),
  CONSTRAINT exports_error_check CHECK ((state = 'failed') = (error_code IS NOT NULL)),
  CONSTRAINT exports_finished_check CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL)),
  CONSTRAINT exports_file_check CHECK (state <> 'succeeded' OR num_nulls(storage_key, bytes, sha256, manifest, expires_at) = 0)
);
CREATE INDEX exports_tenant_idx ON exports (tenant_id);
CREATE INDEX exports_requested_by_idx ON exports (requested_by, created_at, id);
CREATE INDEX exports_class_idx ON exports (class_id);
CREATE INDEX exports_group_idx ON exports (group_id);
CREATE INDEX exports_expires_idx ON exports (expires_at) WHERE state = 'succeeded';
CREATE INDEX exports_files_idx ON exports (finished_at) WHERE files_deleted_at IS NULL AND state IN ('failed', 'cancelled', 'expired');
CREATE INDEX exports_unfinished_idx ON exports (created_at) WHERE state IN ('queued', 'running');
CREATE TRIGGER exports_touch BEFORE UPDATE ON exports FOR EACH ROW EXECUTE FUNCTION touch_revision();
