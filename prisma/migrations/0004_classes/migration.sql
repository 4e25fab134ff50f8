CREATE TABLE classes (
  id          uuid PRIMARY KEY,
  tenant_id   uuid NOT NULL CONSTRAINT classes_tenant_fkey REFERENCES groups (id),
  group_id    uuid NOT NULL CONSTRAINT classes_group_fkey REFERENCES groups (id),
  name        text NOT NULL CONSTRAINT classes_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
  subject     text CONSTRAINT classes_subject_check CHECK (char_length(subject) BETWEEN 1 AND 100),
  description text CONSTRAINT classes_description_check CHECK (char_length(description) <= 2000),
  -- Null while joining by code is switched off.
  join_code   text CONSTRAINT classes_join_code_check CHECK (join_code ~ '^[A-HJ-NP-Z2-9]{8}$'),
  ai_mode     text NOT NULL DEFAULT 'assigned_only' CONSTRAINT classes_ai_mode_check
                CHECK (ai_mode IN ('closed', 'assigned_only', 'open')),
  settings    jsonb NOT NULL DEFAULT '{}' CONSTRAINT classes_settings_check CHECK (jsonb_typeof(settings) = 'object'),
  created_by  uuid CONSTRAINT classes_created_by_fkey REFERENCES users (id),
  revision    integer NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  deleted_at  timestamptz
);
CREATE UNIQUE INDEX classes_join_code_key ON classes (join_code) WHERE join_code IS NOT NULL;
CREATE INDEX classes_group_idx ON classes (group_id, name, id);
CREATE INDEX classes_tenant_idx ON classes (tenant_id, updated_at, id);
CREATE INDEX classes_created_by_idx ON classes (created_by);
CREATE TRIGGER classes_touch BEFORE UPDATE ON classes FOR EACH ROW EXECUTE FUNCTION touch_revision();

CREATE TABLE class_members (
  id         uuid PRIMARY KEY,
  class_id   uuid NOT NULL CONSTRAINT class_members_class_fkey REFERENCES classes (id) ON DELETE CASCADE,
  user_id    uuid NOT NULL CONSTRAINT class_members_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  role       text NOT NULL CONSTRAINT class_members_role_check
               CHECK (role IN ('teacher', 'assistant', 'student', 'observer')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT class_members_class_user_key UNIQUE (class_id, user_id)
);
CREATE INDEX class_members_user_idx ON class_members (user_id);
CREATE TRIGGER class_members_touch BEFORE UPDATE ON class_members FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Which guardian may read which student's returned results.
CREATE TABLE student_observers (
  id          uuid PRIMARY KEY,
  student_id  uuid NOT NULL CONSTRAINT student_observers_student_fkey REFERENCES users (id) ON DELETE CASCADE,
  observer_id uuid NOT NULL CONSTRAINT student_observers_observer_fkey REFERENCES users (id) ON DELETE CASCADE,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT student_observers_pair_key UNIQUE (student_id, observer_id),
  CONSTRAINT student_observers_not_self_check CHECK (student_id <> observer_id)
);
CREATE INDEX student_observers_observer_idx ON student_observers (observer_id);
CREATE TRIGGER student_observers_touch BEFORE UPDATE ON student_observers FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
